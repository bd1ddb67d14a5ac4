/**
 * Proves: with the real engine, the product's component makes records of each type at DigitalOcean, a second preview is
 * empty, with and without a refresh; DigitalOcean's name servers and the resolver answer every value, and the product's
 * own reader finds the same; a change at the vendor is seen (exit code 7) and put back; a record that the state has lost
 * is imported by the id that the reader tells; after destroy nothing of it is answered any more.
 * Cannot prove: how the real vendor answers, nor how soon its servers know.
 */
import { expect, test } from "vitest";
import { filledValue } from "../../../stack/dns/types/recordData.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import { digServer, standingProgram } from "../../support/dnsProgram.ts";
import { succeed, waitFor } from "../../support/sandbox.ts";
import { digitalocean } from "../../support/vendors.ts";
import { RECORDS, SLOT_VALUES, ZONE } from "../programs/digitaloceanDns/records.ts";

const STACK = "digitalocean-dns";
const { pulumi, mustRun } = standingProgram("digitaloceanDns", STACK);
const NAME_SERVERS = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
/** What records without a TTL get. */
const TTL = 1800;

/** Records by name and type, as one asks for them; a delegation is no answer of this zone. */
const asked = Map.groupBy(
  RECORDS.filter(({ record }) => record.type !== "NS"),
  ({ record }) => `${record.name.replace("*", "any")} ${record.type}`,
);

const READER = `
import { zoneReader } from "./verify/vendors/zones.ts";
const zone = zoneReader("digitalocean", "${ZONE}", process.env.DIGITALOCEAN_TOKEN);
console.log(JSON.stringify({ facts: await zone.zone(), records: await zone.records() }));
`;

/** The zone as the product's reader sees it. */
async function read(): Promise<{ facts: { nameServers: string[] }; records: ProviderRecord[] }> {
  const printed = await succeed(["node", "--input-type=module", "--eval", READER]);
  return JSON.parse(printed) as Awaited<ReturnType<typeof read>>;
}

async function importIdOf(name: string, type: string): Promise<string> {
  const found = (await read()).records.find((one) => one.name === name && one.type === type);
  if (found === undefined) throw new Error(`no ${type} ${name} at the vendor`);
  return found.importId;
}

test("a second preview is empty, with and without a refresh", async () => {
  await mustRun("preview", "--expect-no-changes", "--diff");
  await mustRun("preview", "--refresh", "--run-program", "--expect-no-changes", "--diff");
});

test.each(["ns1.digitalocean.com", "ns3.digitalocean.com"])("%s answers every value", async (server) => {
  for (const [question, wanted] of asked) {
    const [name = "", type = ""] = question.split(" ");
    const answered = await digServer(server, name, type);
    expect(answered.sort(), question).toEqual(wanted.map(({ printed }) => printed).sort());
  }
  expect((await digServer(server, ZONE, "NS")).sort()).toEqual(NAME_SERVERS.map((name) => `${name}.`));
});

test("the resolver finds its way to them from the signed root", async () => {
  const ask = ["dig", "+short", "@203.0.113.2", ZONE];
  const seen = await waitFor(`${ZONE} at the resolver`, 15, async () => {
    const printed = await succeed([...ask, "MX"]);
    return printed === "" ? undefined : printed;
  });
  expect(seen).toBe("10 mx.outside.test.\n");
});

test("the product's reader finds what was planned, and the vendor's own", async () => {
  const { facts, records } = await read();
  expect(facts.nameServers).toEqual(NAME_SERVERS);
  const line = ({ name, type, value, ttlSeconds }: Omit<ProviderRecord, "importId">): string =>
    [name, type, value, ttlSeconds].join(" ");
  const planned = RECORDS.map(({ record }) =>
    line({
      name: record.name,
      type: record.type,
      value: filledValue(record, (slot) => SLOT_VALUES[slot as keyof typeof SLOT_VALUES]),
      ttlSeconds: record.ttlSeconds === "auto" ? TTL : record.ttlSeconds,
    }),
  );
  const own = records.filter(({ providerOwned }) => providerOwned === true);
  expect(own.map(({ type }) => type).sort()).toEqual(["NS", "NS", "NS", "SOA"]);
  const others = records.filter(({ providerOwned }) => providerOwned !== true);
  expect(others.map(line).sort()).toEqual(planned.sort());
});

test("a change at the vendor is drift, and a refreshed up puts it back", async () => {
  const record = async (name: string, type: string): Promise<string> =>
    `domains/${ZONE}/records/${(await importIdOf(name, type)).split(",")[1] ?? ""}`;
  await digitalocean(await record(ZONE, "MX"), "PUT", { priority: 30 });
  await digitalocean(await record(`smtp.${ZONE}`, "CNAME"), "PUT", { data: "elsewhere.outside.test." });
  await digitalocean(await record(`default._domainkey.${ZONE}`, "TXT"), "DELETE");
  expect(await digServer("ns1.digitalocean.com", ZONE, "MX")).toEqual(["30 mx.outside.test."]);
  const drifted = await pulumi("preview", "--refresh", "--run-program", "--expect-no-changes");
  expect(drifted.code, drifted.stdout).toBe(7);
  await mustRun("up", "--refresh", "--run-program", "--yes", "--skip-preview");
  await mustRun("preview", "--refresh", "--run-program", "--expect-no-changes", "--diff");
  expect(await digServer("ns1.digitalocean.com", ZONE, "MX")).toEqual(["10 mx.outside.test."]);
  expect(await digServer("ns1.digitalocean.com", `smtp.${ZONE}`, "CNAME")).toEqual([`${ZONE}.`]);
  expect(await digServer("ns1.digitalocean.com", `default._domainkey.${ZONE}`, "TXT")).toHaveLength(1);
});

test("a record that the state has lost is imported by the id that the reader tells", async () => {
  const type = "digitalocean:index/dnsRecord:DnsRecord";
  const stack = `urn:pulumi:${STACK}::mailstead-digitalocean-dns`;
  const component = `${stack}::mailstead:dns:MailDns`;
  for (const [role, name, kind] of [
    ["mail", ZONE, "MX"],
    ["alias-here", `smtp.${ZONE}`, "CNAME"],
    ["caa", ZONE, "CAA"],
  ] as const) {
    const id = await importIdOf(name, kind);
    await mustRun("state", "delete", "--yes", `${component}$${type}::${role}`);
    const place = ["--parent", `dns=${component}::dns`, "--protect=false", "--generate-code=false"];
    await mustRun("import", type, role, id, ...place, "--yes", "--skip-preview");
  }
  await mustRun("preview", "--refresh", "--run-program", "--expect-no-changes", "--diff");
});

test("after destroy nothing of it is answered, and the domain has its own records alone", async () => {
  await mustRun("destroy", "--yes", "--skip-preview");
  expect((await read()).records.every(({ providerOwned }) => providerOwned === true)).toBe(true);
  for (const question of asked.keys()) {
    const [name = "", type = ""] = question.split(" ");
    expect(await digServer("ns1.digitalocean.com", name, type), question).toEqual([]);
  }
});
