/**
 * Proves: what is known of one host's volumes is read whole, or not at all, while another host's are made and deleted.
 * Cannot prove: devices, for which the hosts in the sandbox are.
 */
import { expect, test } from "vitest";
import { Volumes } from "../../../../sandbox/hosts/volumes.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

const ROUNDS = 300;

test("volumes that come and go meanwhile are no fault", async () => {
  const volumes = new Volumes(temporaryFolder(), (host) => host);
  await volumes.create({ key: "kept", sizeGb: 1, link: "scsi-0HC_Volume_1" });
  const end = new AbortController();
  let looks = 0;
  const looking = (async () => {
    for (; !end.signal.aborted; looks += 1) {
      await volumes.detachAll("mine");
      expect(await volumes.holder("other")).toBeUndefined();
    }
  })();
  for (let round = 0; round < ROUNDS; round += 1) {
    await volumes.create({ key: "other", sizeGb: 1, link: "scsi-0HC_Volume_2" });
    await volumes.delete("other");
  }
  end.abort();
  await looking;
  expect(looks).toBeGreaterThan(ROUNDS / 10);
});
