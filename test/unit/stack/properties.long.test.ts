/**
 * Proves: over random valid configurations the plan is deterministic, within the limits of DNS and provider, free of
 * clashes, and its zone file reads back to what was meant; so does its user-data, which has room for all that people may
 * write; and planning is fast and does not slow down.
 * Cannot prove: that other readers of zone files and YAML agree; the sandbox's name server and cloud-init do.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { listPackages } from "../../../cloud-init/packages.ts";
import { planCloudConfig } from "../../support/cloudConfig.ts";
import {
  renderCloudConfig,
  renderUserData,
  USER_DATA_LIMIT_BYTES,
} from "../../../cloud-init/renderUserData.ts";
import { readAsset } from "../../../components/assets.ts";
import { renderZoneFile } from "../../../stack/dns/zoneFile.ts";
import type { PlannedRecord } from "../../../stack/model/plan.ts";
import { planMailServer } from "../../../stack/planMailServer.ts";
import { fill } from "../../../stack/values/slots.ts";
import { arbitraryRaw } from "./support/arbitraryRaw.ts";
import { parseZoneFile } from "./support/parseZoneFile.ts";
import { configOf, planOf } from "./support/planOf.ts";
import { rawWith, sshPublicKey } from "./support/validRaw.ts";
import { wordsOfRecord } from "./support/wordsOfRecord.ts";

const RUNS = { numRuns: 100 };

/** Values for slots: an RSA key of 4096 bits makes the longest text. */
const VALUES: Readonly<Record<string, string>> = {
  serverIpv4: "203.0.113.10",
  serverIpv6: "2001:db8:a:1::1",
  dkimPublicKey: "M".repeat(736),
};

function value(name: string): string {
  return VALUES[name] ?? name;
}

/** Keys of the host and of the deploy in their true lengths. */
const SOURCES = {
  slot: (name: string) =>
    name === "hostPrivateKey"
      ? `-----BEGIN OPENSSH PRIVATE KEY-----\n${`${"A".repeat(70)}\n`.repeat(6)}-----END OPENSSH PRIVATE KEY-----\n`
      : `ssh-ed25519 ${"A".repeat(68)}`,
  asset: readAsset,
};

function absolute(name: string): string {
  return name === "." ? "." : `${name}.`;
}

/** What a row of the zone file must hold, as words. */
function meant(record: PlannedRecord): string[] {
  return wordsOfRecord(record, value, absolute);
}

/** Words of a row; neighbouring strings of a TXT are one text. */
function said(words: readonly (string | Uint8Array)[]): string[] {
  const strings = words.filter((word) => typeof word !== "string");
  const plain = words.filter((word) => typeof word === "string");
  return strings.length === 0 ? plain : [...plain, Buffer.concat(strings).toString("utf8")];
}

describe("over random valid configurations", () => {
  test("the same configuration gives the same plan, byte for byte", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const again = structuredClone(raw);
        expect(JSON.stringify(planOf(raw))).toBe(JSON.stringify(planOf(again)));
      }),
      RUNS,
    );
  });

  test("planning leaves the configuration as it was", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const config = configOf(raw);
        const before = JSON.stringify(config);
        planMailServer(config);
        expect(JSON.stringify(config)).toBe(before);
      }),
      RUNS,
    );
  });

  test("the zone file reads back to what was meant", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const { records } = planOf(raw);
        const rows = parseZoneFile(renderZoneFile(records, value));
        const read = rows.map(({ name, ttl, type, words }) => [name, ttl, type, ...said(words)]);
        const wanted = records.map((record) => {
          const ttl = record.ttlSeconds === "auto" ? 300 : record.ttlSeconds;
          return [record.name, ttl, record.type, ...meant(record)];
        });
        expect(read).toEqual(wanted);
      }),
      RUNS,
    );
  });

  test("names, strings and comments are within their limits", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const { records } = planOf(raw);
        for (const { words } of parseZoneFile(renderZoneFile(records, value))) {
          for (const word of words)
            if (typeof word !== "string") expect(word.length).toBeLessThanOrEqual(255);
        }
        for (const { name, purpose } of records) {
          expect(name.length).toBeLessThanOrEqual(253);
          expect(name).toBe(name.toLowerCase());
          expect(purpose.length).toBeLessThanOrEqual(100);
          for (const label of name.split(".")) expect(label.length).toBeLessThanOrEqual(63);
        }
      }),
      RUNS,
    );
  });

  test("logical names are unique, and every record is in the zone", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const { records, files, steps, containers, zone } = planOf(raw);
        const all = [records.map(({ role }) => role), [...files, ...steps].map(({ role }) => role)];
        // A step may bear the role of a file that it runs on; each kind is unique by itself.
        expect(new Set(all[0]).size).toBe(records.length);
        expect(new Set(files.map(({ role }) => role)).size).toBe(files.length);
        expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
        expect(new Set(containers.map(({ name }) => name)).size).toBe(containers.length);
        for (const { name } of records) expect(name === zone || name.endsWith(`.${zone}`)).toBe(true);
      }),
      RUNS,
    );
  });

  test("an alias stands alone, and no MX points to one where the host has addresses", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const config = configOf(raw);
        const { records } = planOf(raw);
        const aliases = records.filter(({ type }) => type === "CNAME").map(({ name }) => name);
        for (const alias of aliases) expect(records.filter(({ name }) => name === alias)).toHaveLength(1);
        if (config.dns.mxHost === "alias") return;
        for (const record of records)
          if (record.type === "MX") expect(aliases).not.toContain(record.exchange);
      }),
      RUNS,
    );
  });

  test("user-data is the same bytes each time, below its limit, and reads back to what was meant", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const { server, domain, contact } = configOf(raw);
        const { boot } = planOf(raw).server;
        const text = renderUserData(boot, SOURCES);
        expect(renderUserData(planOf(structuredClone(raw)).server.boot, SOURCES)).toBe(text);
        expect(Buffer.byteLength(text)).toBeLessThan(USER_DATA_LIMIT_BYTES);
        const read = parse(text, { version: "1.1" }) as ReturnType<typeof planCloudConfig>;
        const whole = planCloudConfig(boot, SOURCES);
        expect(read).toEqual(whole);
        expect(text, "its parts are what the whole is").toBe(renderCloudConfig(whole));
        expect(read).toMatchObject({ hostname: "mx", fqdn: `mx.${domain}`, packages: listPackages(boot) });
        const keys = read.users?.[0]?.ssh_authorized_keys;
        // Those of people come with the deploy, so that they can go with it.
        expect(keys).toEqual([SOURCES.slot("deployPublicKey")]);
        const environment = read.write_files.find(({ path }) => path === "/etc/profile.d/env.sh")?.content;
        expect(environment).toContain(`export DOMAIN='${domain}'\n`);
        expect(environment).toContain(`export EMAIL='${contact.replaceAll("'", `'\\''`)}'\n`);
        const settings = read.write_files.find(({ path }) => path === "/etc/mailstead/boot.env")?.content;
        expect(settings).toContain(`SWAP_MIB=${server.swapMib}\n`);
      }),
      RUNS,
    );
  });

  test("files of the deploy stay small", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        for (const { content } of planOf(raw).files) {
          if (!("asset" in content)) expect(fill(content, value).length).toBeLessThan(32 * 1024);
        }
      }),
      RUNS,
    );
  });
});

test("user-data has room for the longest of everything, and does not hold people's keys", () => {
  const keys = Array.from({ length: 100 }, (_, index) => sshPublicKey("rsa-4096", Uint8Array.of(index + 1)));
  const label = "a".repeat(59);
  const domain = `${"a".repeat(52)}.com`;
  const raw = rawWith({
    domain,
    email: `${"'".repeat(64)}@${label}.${label}.${label}.com`,
    "mail.authUser": "u".repeat(64),
    "server.adminKeys": keys,
    "server.swapMib": 65_536,
    "dns.provider": "digitalocean",
  });
  const text = renderUserData(planOf(raw).server.boot, SOURCES);
  expect(Buffer.byteLength(text)).toBeLessThan(USER_DATA_LIMIT_BYTES);
});

test("planning takes 2 ms of the processor a domain at most, and the late ones no longer than the early", () => {
  const time = (from: number, count: number) => {
    const start = process.threadCpuUsage();
    for (let index = from; index < from + count; index++)
      planOf(rawWith({ domain: `d${index}.example.com` }));
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000 / count;
  };
  time(0, 200); // compiles the code
  // The best of five runs: other work on the machine only ever adds.
  const best = (from: number) => Math.min(...[0, 1, 2, 3, 4].map((run) => time(from + run * 100, 100)));
  const early = best(1000);
  time(2000, 1000);
  expect(early).toBeLessThan(2);
  expect(best(5000)).toBeLessThan(Math.max(2 * early, 0.5));
});
