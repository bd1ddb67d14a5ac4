/**
 * Proves: the programs that read them take what Mailstead writes for any configuration, and get back what was meant: zone
 * files by BIND, nginx's settings by nginx itself, `.env` by Node's reader of that format, settings for mail programs by
 * an XML reader, the MTA-STS policy by the grammar of RFC 8461 3.2.
 * Cannot: prove that upstream's app, Thunderbird and senders do the same; Docker's nginx is another build than Debian's.
 * Skips without Debian's bind9-utils, libnginx-mod-stream, python3-yaml.
 */
import fc from "fast-check";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { renderZoneFile } from "../../../stack/dns/zoneFile.ts";
import type { Plan, PlannedRecord } from "../../../stack/model/plan.ts";
import { CERTIFICATES_IN_NGINX } from "../../../stack/mail/wellKnown.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { arbitraryRaw } from "../stack/support/arbitraryRaw.ts";
import { parseZoneFile } from "../stack/support/parseZoneFile.ts";
import { planOf, textOf } from "../stack/support/planOf.ts";
import { certificateFor } from "../stack/support/validRaw.ts";
import { HAS, nginxComplaints, readByBind, readByPython } from "./realReaders.ts";

const folder = temporaryFolder();

const PLANS: readonly Plan[] = fc.sample(arbitraryRaw, { numRuns: 200, seed: 11 }).map(planOf);

const VALUES: Readonly<Record<string, string>> = {
  serverIpv4: "203.0.113.10",
  serverIpv6: "2001:db8:a:1::1",
  dkimPublicKey: "M".repeat(736),
};
const value = (name: string): string => VALUES[name] ?? name;

/** A row in one spelling: BIND writes addresses and names in its own. */
function row(name: string, type: string, words: readonly (string | Uint8Array)[]): string {
  const said = words.map((word) => {
    if (typeof word !== "string") return Buffer.from(word).toString("latin1");
    return type === "AAAA" ? new URL(`http://[${word}]`).hostname : word.toLowerCase();
  });
  return [name, type, ...(type === "TXT" ? [said.join("")] : said)].join(" ");
}

function rows(text: string): string[] {
  const lines = text.replaceAll(/^(\S+)\s+(\d+)\s+IN\s+(\S+)\s+/gm, "$1 $2 IN $3 ");
  return parseZoneFile(lines)
    .map(({ name, type, words }) => row(name, type, words))
    .filter((line) => !/ SOA | NS authority\.invalid\.$/.test(line))
    .sort();
}

function zoneFile(zone: string, records: readonly PlannedRecord[]): string {
  const head = ["SOA authority.invalid. ops.authority.invalid. 1 2 3 4 5", "NS authority.invalid."];
  return `${head.map((data) => `${zone}. 300 IN ${data}\n`).join("")}${renderZoneFile(records, value)}`;
}

describe.skipIf(!HAS.checkZone)("zone files, read by BIND", () => {
  test("come back record by record, for every configuration", () => {
    for (const { zone, records } of PLANS.slice(0, 40)) {
      const text = zoneFile(zone, records);
      expect(rows(readByBind(zone, folder, text))).toEqual([...new Set(rows(text))]);
    }
  });

  test("a reader that only looks for its own rows would not do: a broken row is refused", () => {
    const [first] = PLANS;
    if (first === undefined) throw new Error("no plan");
    const text = `${zoneFile(first.zone, first.records)}broken ${first.zone}. IN A 203.0.113.1 2\n`;
    expect(() => readByBind(first.zone, folder, text)).toThrow(/not loaded due to errors/);
  });
});

/** The certificate stands where nginx of this machine finds it. */
function withCertificate(text: string): string {
  const { certificate, privateKey } = certificateFor(["example.com"]);
  writeFileSync(join(folder, "fullchain.pem"), certificate);
  writeFileSync(join(folder, "privkey.pem"), privateKey);
  return text.replaceAll(CERTIFICATES_IN_NGINX, folder);
}

describe.skipIf(!HAS.nginx)("nginx's settings, read by nginx", () => {
  const different = (role: string): string[] => [
    ...new Set(
      PLANS.filter(({ files }) => files.some((file) => file.role === role)).map((plan) => textOf(plan, role)),
    ),
  ];

  test("the router's, every kind of it", () => {
    const texts = different("nginx-conf");
    expect(texts.length).toBeGreaterThan(4);
    for (const text of texts) expect(nginxComplaints(folder, text)).toBe("");
  });

  test("those of the files of our own, for ten configurations", () => {
    const texts = different("well-known-conf").slice(0, 10).map(withCertificate);
    expect(texts).toHaveLength(10);
    for (const text of texts) expect(nginxComplaints(folder, text)).toBe("");
  });
});

test(".env comes back as it was meant, for every configuration", () => {
  for (const plan of PLANS) {
    const read = parseEnv(textOf(plan, "env", (name) => `value-of-${name}`));
    const { domain } = plan;
    expect(read).toMatchObject({
      DOMAIN: domain,
      EMAIL_DEFAULT_FROM: `${domain} <support@${domain}>`,
      AUTH_BASIC_USERNAME: plan.server.boot.environment["AUTH_BASIC_USERNAME"],
      API_SECRETS: "value-of-apiSecret,",
    });
    const lines = textOf(plan, "env")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(Object.keys(read)).toHaveLength(lines.length);
  }
});

type Element = readonly [tag: string, text: string, children: readonly Element[]];

function textsOf(element: Element, tag: string): string[] {
  const [own, text, children] = element;
  return [...(own === tag ? [text] : []), ...children.flatMap((child) => textsOf(child, tag))];
}

test.skipIf(!HAS.python)("settings for mail programs are whole XML with the plan's own hosts", () => {
  const served = PLANS.filter(({ files }) => files.some(({ role }) => role === "autoconfig"));
  const read = readByPython<Element>(
    "xml",
    served.map((plan) => textOf(plan, "autoconfig")),
  );
  expect(read.length).toBeGreaterThan(50);
  for (const [index, plan] of served.entries()) {
    const one = read[index];
    if (one === undefined || !("value" in one)) throw new Error(JSON.stringify(one));
    expect(textsOf(one.value, "domain")).toEqual([plan.domain]);
    expect(textsOf(one.value, "hostname").sort()).toEqual(plan.clients.map(({ host }) => host).sort());
  }
});

test("the MTA-STS policy keeps to its grammar, with every MX", () => {
  const served = PLANS.filter(({ files }) => files.some(({ role }) => role === "mta-sts-policy"));
  expect(served.length).toBeGreaterThan(50);
  for (const plan of served) {
    const policy = textOf(plan, "mta-sts-policy");
    expect(policy).toMatch(
      /^version: STSv1\nmode: (testing|enforce|none)\n(mx: (\*\.)?[a-z0-9.-]+\n)+max_age: \d{1,8}\n$/,
    );
    const exchanges = plan.records.flatMap((record) =>
      record.type === "MX" && record.name === plan.domain ? [record.exchange] : [],
    );
    for (const exchange of exchanges) expect(policy).toContain(`mx: ${exchange}\n`);
  }
});
