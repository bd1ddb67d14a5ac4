/**
 * Proves: with the real engine, a program makes a zone and record sets of each type at Hetzner DNS, a second preview is
 * empty, with and without a refresh; Hetzner's name servers and the resolver answer every value; a change at the vendor
 * is seen (exit code 7) and put back, and takes away what others have in a set of ours; and after destroy nothing is answered any more and the given zone is as before.
 * Cannot prove: how the real vendor answers, nor how soon its servers know.
 */
import { expect, test } from "vitest";
import { digServer, standingProgram } from "../../support/dnsProgram.ts";
import { succeed, waitFor } from "../../support/sandbox.ts";
import { hetzner } from "../../support/vendors.ts";
import { RECORDS, ZONES } from "../programs/hetznerDns/records.ts";

const { pulumi, mustRun } = standingProgram("hetznerDns", "hetzner-dns");
const NAME_SERVERS = ["helium.ns.hetzner.de.", "hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com."];

/** Without spaces: dig breaks long hexadecimal text. */
const dense = (text: string): string => text.replaceAll(" ", "");

const names = (relative: string): string[] =>
  Object.values(ZONES).map((zone) => (relative === "@" ? zone : `${relative}.${zone}`));

test("a second preview is empty, with and without a refresh", async () => {
  await mustRun("preview", "--expect-no-changes", "--diff");
  await mustRun("preview", "--refresh", "--run-program", "--expect-no-changes", "--diff");
});

test.each(["hydrogen.ns.hetzner.com", "helium.ns.hetzner.de"])("%s answers every value", async (server) => {
  for (const { name, type, values } of RECORDS.filter(({ role }) => role !== "delegated")) {
    for (const full of names(name.replace("*", "any"))) {
      const answered = (await digServer(server, full, type)).map(dense).sort();
      expect(answered, `${type} ${full}`).toEqual(values.map(dense).sort());
    }
  }
  expect((await digServer(server, `shared.${ZONES.made}`, "TXT")).sort()).toEqual(['"one"', '"two"']);
  for (const zone of Object.values(ZONES))
    expect((await digServer(server, zone, "NS")).sort()).toEqual(NAME_SERVERS);
});

test("the resolver finds its way to them from the signed root", async () => {
  for (const zone of Object.values(ZONES)) {
    const ask = ["dig", "+short", "@203.0.113.2", zone];
    const seen = await waitFor(`${zone} at the resolver`, 15, async () => {
      const printed = await succeed([...ask, "MX"]);
      return printed === "" ? undefined : printed;
    });
    expect(seen).toBe("10 mx.outside.test.\n");
    expect((await succeed([...ask, "NS"])).trim().split("\n").sort()).toEqual(NAME_SERVERS);
  }
});

test("a change at the vendor is drift, and a refreshed up puts it back", async () => {
  const sets = `zones/${ZONES.given}/rrsets`;
  await hetzner(`${sets}/@/A/actions/set_records`, "POST", { records: [{ value: "203.0.113.66" }] });
  await hetzner(`${sets}/@/MX/actions/change_ttl`, "POST", { ttl: 90 });
  await hetzner(`${sets}/default._domainkey/TXT`, "DELETE");
  const drifted = await pulumi("preview", "--refresh", "--run-program", "--expect-no-changes");
  expect(drifted.code, drifted.stdout).toBe(7);
  await mustRun("up", "--refresh", "--run-program", "--yes", "--skip-preview");
  await mustRun("preview", "--refresh", "--run-program", "--expect-no-changes", "--diff");
  const answered = await waitFor("both addresses again", 10, async () => {
    const all = await digServer("hydrogen.ns.hetzner.com", ZONES.given, "A");
    return all.length === 2 ? all : undefined;
  });
  expect(answered.sort()).toEqual(["203.0.113.200", "203.0.113.201"]);
});

test("somebody's text in a set of ours is gone after the next refreshed up: so audit and preview warn of it before", async () => {
  const set = `zones/${ZONES.given}/rrsets/@/TXT`;
  const texts = async (): Promise<string[]> => {
    const { rrset } = (await hetzner(set)) as { rrset: { records: { value: string }[] } };
    return rrset.records.map(({ value }) => value).sort();
  };
  await hetzner(`${set}/actions/add_records`, "POST", { records: [{ value: '"google=1"' }] });
  expect(await texts()).toEqual(['"google=1"', '"v=spf1 a -all"']);
  // Without a refresh the engine knows nothing of it, and writes nothing.
  await mustRun("up", "--yes", "--skip-preview");
  expect(await texts()).toEqual(['"google=1"', '"v=spf1 a -all"']);
  console.log((await mustRun("up", "--refresh", "--run-program", "--yes", "--skip-preview")).slice(-1500));
  expect(await texts()).toEqual(['"v=spf1 a -all"']);
});

test("after destroy nothing of it is answered, and the given zone has its own sets alone", async () => {
  await mustRun("destroy", "--yes", "--skip-preview");
  const { rrsets } = (await hetzner(`zones/${ZONES.given}/rrsets`)) as { rrsets: { id: string }[] };
  expect(rrsets.map(({ id }) => id).sort()).toEqual(["@/NS", "@/SOA"]);
  const { zones } = (await hetzner("zones")) as { zones: { name: string }[] };
  expect(zones.map(({ name }) => name)).not.toContain(ZONES.made);
  for (const { name, type } of RECORDS) {
    for (const full of names(name.replace("*", "any"))) {
      expect(await digServer("hydrogen.ns.hetzner.com", full, type), `${type} ${full}`).toEqual([]);
    }
  }
});
