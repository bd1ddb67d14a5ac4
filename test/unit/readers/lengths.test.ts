/**
 * Proves: at the lengths that `stack/values/lengths.ts` names, what sets them says yes, and one byte further no: the kernel for host
 * names, nginx for the names of the files that Mailstead serves, openssl for the name in the certificate that stands in; and
 * that the longest domain which the configuration takes keeps to all of them.
 * Cannot: prove the limits of vendors. Skips where no namespace can be made, or without Debian's libnginx-mod-stream.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkStackName } from "../../../stack/config/lengthChecks.ts";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { LENGTHS } from "../../../stack/values/lengths.ts";
import { CERTIFICATES_IN_NGINX } from "../../../stack/mail/wellKnown.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { planOf, textOf } from "../stack/support/planOf.ts";
import { certificateFor, rawWith } from "../stack/support/validRaw.ts";
import { HAS, nginxComplaints, runApart } from "./realReaders.ts";

const folder = temporaryFolder();

/** A domain of so many bytes. */
function domainOf(bytes: number): string {
  return `${"a".repeat(bytes - ".example.com".length)}.example.com`;
}

const further = { "dns.autoconfig": true, "dns.autodiscover": true, "dns.mtaSts.mode": "enforce" };

describe.skipIf(!HAS.namespace)("a host name", () => {
  test.each([
    [LENGTHS.hostName.most, 0],
    [LENGTHS.hostName.most + 1, 1],
  ])("of %i bytes: hostname ends with %i", (bytes, code) => {
    expect(runApart(["hostname", domainOf(bytes)]).status).toBe(code);
  });
});

describe.each([
  [true, 56],
  [false, 59],
])("with mailboxes: %s", (storage, most) => {
  const raw = (bytes: number) => rawWith({ ...further, domain: domainOf(bytes), "mail.storage": storage });

  test(`a domain of ${most} bytes is taken, and every host name keeps to its limit`, () => {
    const { server, containers } = planOf(raw(most));
    const names = [server.boot.hostname, ...containers.flatMap(({ hostname }) => hostname ?? [])];
    expect(Math.max(...names.map((name) => name.length))).toBe(LENGTHS.hostName.most);
  });

  test("one byte more is refused", () => {
    const { config, issues } = parseConfig(raw(most + 1));
    expect(config).toBeUndefined();
    expect(issues).toMatchObject([{ path: "mailstead:domain", rule: "host-name-too-long" }]);
  });
});

describe.skipIf(!HAS.nginx)("the web names", () => {
  function served(name: string): string {
    const { certificate, privateKey } = certificateFor(["example.com"]);
    writeFileSync(join(folder, "fullchain.pem"), certificate);
    writeFileSync(join(folder, "privkey.pem"), privateKey);
    const text = textOf(planOf(rawWith({ "dns.autoconfig": true })), "well-known-conf");
    return text
      .replaceAll(CERTIFICATES_IN_NGINX, folder)
      .replaceAll(/server_name .*;/g, `server_name ${name};`);
  }
  const label = "a".repeat(61);
  const longest = `${label}.${label}.${label}.${"a".repeat(67 - ".com".length)}.com`;

  test.each([
    ["of a domain of 56 bytes", `autoconfig.${domainOf(56)}`],
    ["as long as the DNS takes", longest],
  ])("%s: nginx takes them", (_, name) => {
    expect(nginxComplaints(folder, served(name))).toBe("");
  });

  test("without the room that is made for them nginx takes none of them", () => {
    const text = served(longest).replace(/server_names_hash_bucket_size \d+;/, "");
    expect(nginxComplaints(folder, text)).toContain("server_names_hash_bucket_size");
  });

  test("the longest is as long as it is said to be", () => {
    expect(longest).toHaveLength(LENGTHS.hashedName.most);
  });
});

test.each([
  [LENGTHS.commonName.most, 0],
  [LENGTHS.commonName.most + 1, 1],
])("a common name of %i bytes: openssl ends with %i", (bytes, code) => {
  const subject = `/CN=${"a".repeat(bytes)}`;
  const order = ["req", "-new", "-newkey", "ed25519", "-nodes", "-keyout", "/dev/null", "-subj", subject];
  expect(spawnSync("openssl", order).status).toBe(code);
});

test.each(["a", "a".repeat(LENGTHS.stackName.most), "example-com", "v1.2_b"])(
  "a stack may be named %s",
  (name) => {
    expect(checkStackName(name)).toEqual([]);
  },
);

test.each(["a".repeat(LENGTHS.stackName.most + 1), "-a", "a-", ".a", "_", ""])(
  "a stack named %j is refused",
  (name) => {
    expect(checkStackName(name)).toMatchObject([{ rule: "stack-name", severity: "error" }]);
  },
);
