/**
 * Proves: `mailstead import`, against vendor APIs on loopback and a `pulumi` that plays its part, writes a file with the
 * engine's own names and parents and the vendor's ids, at each of three DNS providers; after lost state it takes over
 * what bears this stack's label and name and nothing else, and says what no import brings back.
 * Cannot prove: that the engine takes the file; runs of the real one do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DnsProviderName } from "../../../stack/model/vendorNames.ts";
import type { ImportFile } from "../../../verify/adopt/importFile.ts";
import {
  CLOUDFLARE_TOKEN,
  DIGITALOCEAN_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../sandbox/cloud/startedCloud.ts";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

const MAIL = "mailstead:components:MailServer";
const URN = `urn:pulumi:prod::mailstead::${MAIL}`;
const RECORD = {
  cloudflare: "cloudflare:index/dnsRecord:DnsRecord",
  digitalocean: "digitalocean:index/dnsRecord:DnsRecord",
  hetzner: "hcloud:index/zoneRrset:ZoneRrset",
} as const;
const ID = "<PLACEHOLDER>";
/** Sets at Hetzner, by the role of their record. */
const SETS: Readonly<Record<string, string>> = {
  apex: "a-example.com",
  "mx-host": "a-mx.example.com",
  "apex-mx": "mx-example.com",
  "apex-spf": "txt-example.com",
  imap: "cname-imap.example.com",
};

/** Name of a record's resource. */
function named(role: string, provider: DnsProviderName): string {
  return provider === "hetzner" ? (SETS[role] ?? role) : role;
}

/** What a first preview would create, as the engine writes it: components, records, host, keys. */
function creates(provider: DnsProviderName): ImportFile {
  const record = (role: string) => ({
    type: RECORD[provider],
    name: named(role, provider),
    id: ID,
    parent: "dns",
    version: "1.0.0",
  });
  const host = (type: string, name: string, parent: string) => ({ type, name, id: ID, parent });
  return {
    nameTable: {},
    resources: [
      { type: MAIL, name: "mail", component: true },
      { type: "mailstead:components:Identity", name: "identity", parent: "mail", component: true },
      { type: "mailstead:host:HetznerAddresses", name: "addresses", parent: "identity", component: true },
      { type: "mailstead:host:HetznerHost", name: "host", parent: "mail", component: true },
      { type: "mailstead:dns:MailDns", name: "dns", parent: "mail", component: true },
      { type: "mailstead:components:MailStack", name: "stack", parent: "mail", component: true },
      host("tls:index/privateKey:PrivateKey", "host-key", "identity"),
      host("tls:index/privateKey:PrivateKey", "deploy-key", "identity"),
      ...["ipv4", "ipv6"].map((name) => host("hcloud:index/primaryIp:PrimaryIp", name, "addresses")),
      ...["reverse-v4", "reverse-v6"].map((name) => host("hcloud:index/rdns:Rdns", name, "addresses")),
      host("hcloud:index/firewall:Firewall", "firewall", "host"),
      { ...host("hcloud:index/sshKey:SshKey", "deploy-keySshKey", "host"), logicalName: "deploy-key" },
      host("hcloud:index/server:Server", "server", "host"),
      ...["apex", "mx-host", "apex-mx", "apex-spf", "imap"].map(record),
    ],
  };
}

let cloud: Started;
let project: Project;

beforeEach(async () => {
  cloud = await started();
  project = makeProject();
});
afterEach(async () => {
  project.remove();
  await cloud.close();
});

/** A project whose preview would create this, and whose state holds that. */
function prepare(
  provider: DnsProviderName,
  file = creates(provider),
  resources: readonly object[] = [],
): void {
  const more = provider === "hetzner" ? { "certificates.method": "http-01" } : {};
  project.stack("prod", rawWith({ "dns.provider": provider, ...more }));
  project.pulumi(`case "$*" in
  "preview --stack prod --import-file "*) cat > "$5" <<'END'
${JSON.stringify(file)}
END
  ;;
  "stack export"*) echo '${JSON.stringify({ deployment: { resources } })}' ;;
  *) exit 9 ;; esac`);
}

function run(...args: string[]) {
  return project.run(["import", "--stack", "prod", ...args], {
    HCLOUD_TOKEN: HETZNER_TOKEN,
    CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
    DIGITALOCEAN_TOKEN,
    HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
    CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
    DIGITALOCEAN_API_URL: cloud.cloud.digitaloceanUrl,
  });
}

function written(path = ".mailstead/prod/import.json"): ImportFile {
  return JSON.parse(readFileSync(join(project.folder, path), "utf8")) as ImportFile;
}

/** `name=id` of what is no component. */
function ids({ resources = [] }: ImportFile): string[] {
  return resources.flatMap(({ name, id, component }) => (component === true ? [] : [`${name}=${id ?? ""}`]));
}

const CLOUDFLARE_ZONE = "c7915704a794c5f99111b674c1985c3a";

async function idAt(answer: Promise<{ body: { at(...path: string[]): unknown } }>, ...path: string[]) {
  return String((await answer).body.at(...path));
}

/** Puts an MX that says what is declared into the zone, and hands back its import id. */
const MX: Readonly<Record<DnsProviderName, () => Promise<string>>> = {
  cloudflare: async () => {
    const row = { type: "MX", name: "example.com", content: "mx.example.com", priority: 0, ttl: 1 };
    const made = cloud.cloudflare("POST", `/zones/${CLOUDFLARE_ZONE}/dns_records`, row);
    return `${CLOUDFLARE_ZONE}/${await idAt(made, "result", "id")}`;
  },
  digitalocean: async () => {
    await cloud.digitalocean("POST", "/v2/domains", { name: "example.com" });
    const row = { type: "MX", name: "@", data: "mx.example.com.", priority: 0, ttl: 1800 };
    const made = cloud.digitalocean("POST", "/v2/domains/example.com/records", row);
    return `example.com,${await idAt(made, "domain_record", "id")}`;
  },
  hetzner: async () => {
    await cloud.hetzner("POST", "/zones", { name: "example.com", mode: "primary" });
    const set = { name: "@", type: "MX", records: [{ value: "0 mx.example.com." }] };
    await cloud.hetzner("POST", "/zones/example.com/rrsets", set);
    return "example.com/@/MX";
  },
};

test.each(Object.keys(MX) as DnsProviderName[])("a record that says the same, at %s", async (provider) => {
  const id = await MX[provider]();
  prepare(provider);
  const { code, stdout, stderr } = await run();
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const name = named("apex-mx", provider);
  expect(stdout).toContain(`${name} (${id})`);
  expect(stdout).toContain(
    "Next step: pulumi import --file .mailstead/prod/import.json --stack prod --generate-code=false\nThen: pulumi up",
  );
  expect(written()).toEqual({
    nameTable: {},
    resources: [
      { type: MAIL, name: "mail", component: true },
      { type: "mailstead:dns:MailDns", name: "dns", parent: "mail", component: true },
      { type: RECORD[provider], name, id, parent: "dns", version: "1.0.0" },
    ],
  });
});

describe("with Cloudflare", () => {
  test("parents that the state has are named by their URN, and what it has is not taken again", async () => {
    const id = await MX.cloudflare();
    const { resources = [] } = creates("cloudflare");
    const known = { dns: `${URN}$mailstead:dns:MailDns::dns`, mail: `${URN}::mail` };
    const file = {
      nameTable: known,
      resources: resources.filter(({ name }) => !["mail", "dns"].includes(name)),
    };
    prepare("cloudflare", file);
    expect(await run("--out", "adopt.json")).toMatchObject({ code: 0 });
    expect(written("adopt.json").nameTable).toEqual({ dns: known.dns });
    expect(ids(written("adopt.json"))).toEqual([`apex-mx=${id}`]);
    const urn = `${known.dns.replace(/::dns$/, "")}$${RECORD.cloudflare}::apex-mx`;
    prepare("cloudflare", file, [{ urn, type: RECORD.cloudflare, id: id.split("/")[1] }]);
    expect((await run()).stdout).toBe("nothing that is there can be taken over\n");
  });

  test("the DKIM record of a key that the state has is known by that key", async () => {
    const row = {
      type: "TXT",
      name: "default._domainkey.example.com",
      content: '"v=DKIM1; k=rsa; p=QUJD;"',
      ttl: 1,
    };
    await cloud.cloudflare("POST", `/zones/${CLOUDFLARE_ZONE}/dns_records`, row);
    const urn = `${URN}$mailstead:components:Identity$tls:index/privateKey:PrivateKey::dkim-key`;
    const outputs = { publicKeyPem: "-----BEGIN PUBLIC KEY-----\\nQUJD\\n-----END PUBLIC KEY-----\\n" };
    const key = { urn, type: "tls:index/privateKey:PrivateKey", outputs };
    const file = creates("cloudflare");
    const dkim = { type: RECORD.cloudflare, name: "dkim-default", id: ID, parent: "dns" };
    prepare("cloudflare", { ...file, resources: [...(file.resources ?? []), dkim] }, [key]);
    expect((await run()).stdout).toMatch(/^✓ DnsRecord dkim-default .* changes its comment$/m);
    prepare("cloudflare");
    expect((await run()).stdout).toContain("✗ record TXT default._domainkey.example.com: is in the way");
  });

  test("what is in the way is told, and taken over once the owner agrees", async () => {
    const row = { type: "A", name: "imap.example.com", content: "192.0.2.1", ttl: 1 };
    await cloud.cloudflare("POST", `/zones/${CLOUDFLARE_ZONE}/dns_records`, row);
    const mx = { type: "MX", name: "example.com", content: "mx.example.net", priority: 5, ttl: 1 };
    await cloud.cloudflare("POST", `/zones/${CLOUDFLARE_ZONE}/dns_records`, mx);
    prepare("cloudflare");
    const first = await run();
    expect(first.code).toBe(1);
    expect(first.stdout).toContain("✗ record A imap.example.com: is in the way");
    expect(first.stdout).toContain("or: ./mailstead import --adopt 'MX example.com'");
    const second = await run("--adopt", "mx example.com.", "--json");
    const { taken, findings } = JSON.parse(second.stdout) as { taken: object[]; findings: object[] };
    expect(taken).toMatchObject([{ name: "apex-mx", changes: ["value"] }]);
    expect(findings).toMatchObject([{ subject: "record A imap.example.com" }]);
    const third = await run("--adopt", "A imap.example.com");
    expect(third.stdout).toMatch(/^✓ DnsRecord imap .* changes its type, value$/m);
    // The engine refuses to replace what an import protects.
    expect(third.stdout).toContain("--generate-code=false --protect=false\n");
    expect(ids(written())).toEqual([expect.stringMatching(/^imap=.*\/[0-9a-f]{32}$/)]);
    expect(await run("--adopt", "TXT imap.example.com")).toMatchObject({ code: 2 });
    expect(await run("--adopt", "nonsense")).toMatchObject({ code: 2 });
  });

  test("after lost state: addresses, reverse names, key, firewall, server by label and name; keys are told", async () => {
    const labels = { mailstead: "prod" };
    const address = (name: string, type: string, of = labels) =>
      cloud.hetzner("POST", "/primary_ips", { name, type, auto_delete: false, location: "nbg1", labels: of });
    const v4 = await idAt(address("mailstead-prod-ipv4", "ipv4"), "primary_ip", "id");
    const v6 = await idAt(address("mailstead-prod-ipv6", "ipv6"), "primary_ip", "id");
    await address("mailstead-other-ipv4", "ipv4", { mailstead: "other" });
    const shown = (await cloud.hetzner("GET", `/primary_ips/${v6}`)).body.at("primary_ip", "ip") as string;
    const ip6 = shown.replace("::/64", "::1");
    await cloud.hetzner("POST", `/primary_ips/${v6}/actions/change_dns_ptr`, {
      ip: ip6,
      dns_ptr: "mx.example.com",
    });
    const ip4 = (await cloud.hetzner("GET", `/primary_ips/${v4}`)).body.at("primary_ip", "ip") as string;
    const wall = { name: "mailstead-prod", labels, rules: [] };
    const wallId = await idAt(cloud.hetzner("POST", "/firewalls", wall), "firewall", "id");
    await cloud.hetzner("POST", "/firewalls", { ...wall, name: "mine" });
    const machine = { server_type: "cx23", image: "debian-13", location: "nbg1", labels };
    const made = cloud.hetzner("POST", "/servers", { ...machine, name: "mx.example.com" });
    const serverId = await idAt(made, "server", "id");
    const a = { type: "A", name: "mx.example.com", content: ip4, ttl: 1 };
    const record = await idAt(
      cloud.cloudflare("POST", `/zones/${CLOUDFLARE_ZONE}/dns_records`, a),
      "result",
      "id",
    );
    prepare("cloudflare");
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(ids(written()).sort()).toEqual(
      [
        ...[`ipv4=${v4}`, `ipv6=${v6}`, `reverse-v4=p-${v4}-${ip4}`, `reverse-v6=p-${v6}-${ip6}`],
        ...[`firewall=${wallId}`, `server=${serverId}`, `mx-host=${CLOUDFLARE_ZONE}/${record}`],
      ].sort(),
    );
    expect(stdout).toContain("! keys and secrets: cannot be imported");
    expect(stdout).toContain("host-key, deploy-key");
    expect(stdout).toContain("pulumi stack import --file COPY");
    expect(stdout).toContain(
      `pulumi up --replace '${URN}$mailstead:host:HetznerHost$hcloud:index/server:Server::server'`,
    );
    expect(stdout).toContain("Then: what is said of keys and secrets");
  });
});
