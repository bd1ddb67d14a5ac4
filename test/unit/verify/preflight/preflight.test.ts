/**
 * Proves: `runPreflight` and `mailstead preflight` against vendor APIs on loopback name a wrong token, a zone that is
 * missing or pending, a location, type and image that cannot be ordered together, every kind of orphan, and a stranger's record in the way; and
 * that `--fix` does all it can beside what is refused.
 * Cannot prove: that the real vendors answer alike; the APIs are held to published schemas elsewhere.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import type { Plan } from "../../../../stack/model/plan.ts";
import { planMailServer } from "../../../../stack/planMailServer.ts";
import { CLOUDS } from "../../../../stack/vendors/registry.ts";
import { HETZNER_PATHS } from "../../../../verify/vendors/hetzner/api.ts";
import { runPreflight, type Preflight } from "../../../../verify/preflight/preflight.ts";
import { zoneReader } from "../../../../verify/vendors/zones.ts";
import { makeProject, type Project } from "../../cli/project.ts";
import {
  CLOUDFLARE_TOKEN,
  DIGITALOCEAN_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../../sandbox/cloud/startedCloud.ts";
import { rawWith, validRaw } from "../../stack/support/validRaw.ts";
import { configuredImages, fakeRegistry, type FakeRegistry } from "./registry/fakeRegistry.ts";

const ZONE = "/zones/c7915704a794c5f99111b674c1985c3a/dns_records";
const KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from("0000000b", "hex"), Buffer.from("ssh-ed25519"), Buffer.from("00000020", "hex"), Buffer.alloc(32, 7)]).toString("base64")}`;

let cloud: Started;

beforeEach(async () => {
  cloud = await started();
  vi.stubEnv("HCLOUD_ENDPOINT", `${cloud.cloud.hetznerUrl}/v1`);
  vi.stubEnv("CLOUDFLARE_BASE_URL", `${cloud.cloud.cloudflareUrl}/client/v4`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await cloud.close();
});

const GOOD = { hetzner: HETZNER_TOKEN, cloudflare: CLOUDFLARE_TOKEN };

function planned(): Plan {
  const { config, issues } = parseConfig(validRaw());
  if (config === undefined) throw new Error(JSON.stringify(issues));
  return planMailServer(config).plan;
}

function look(plan = planned(), tokens = GOOD, known: readonly string[] = []): Promise<Preflight> {
  const zone = zoneReader(plan.dnsProvider, plan.zone, tokens.cloudflare);
  return runPreflight(plan, "prod", tokens.hetzner, zone, {
    has: (type, id) => known.includes(`${type} ${id}`),
  });
}

/** `subject: state` of each. */
function short({ findings }: Preflight): string[] {
  return findings.map(({ subject, state }) => `${subject}: ${state}`);
}

function finding({ findings }: Preflight, subject: string) {
  const found = findings.find((one) => one.subject === subject);
  if (found === undefined) throw new Error(`no finding ${subject} in ${JSON.stringify(findings)}`);
  return found;
}

test("nothing made yet and all is well", async () => {
  const preflight = await look();
  expect(short(preflight)).toEqual([
    "Hetzner token: ok",
    "location: ok",
    "server type: ok",
    "image: ok",
    "Cloudflare token: ok",
    "zone: ok",
  ]);
  expect(preflight.orphans).toEqual([]);
});

test("wrong tokens, each with what to make", async () => {
  const preflight = await look(planned(), { hetzner: "x".repeat(64), cloudflare: "y".repeat(40) });
  expect(short(preflight)).toEqual(["Hetzner token: bad", "Cloudflare token: bad"]);
  expect(finding(preflight, "Hetzner token").seen).toMatch(/401/);
  expect(finding(preflight, "Hetzner token").fix).toContain("HCLOUD_TOKEN");
  expect(finding(preflight, "Cloudflare token").fix).toContain("Zone:Read and DNS:Edit");
  expect(JSON.stringify(preflight)).not.toMatch(/x{64}|y{40}/);
});

test("words that the vendor does not know, each with its key and what is offered", async () => {
  const plan = planned();
  const server = {
    ...plan.server,
    location: "mars1",
    type: "cx99",
    image: "beos-5",
  } as unknown as Plan["server"];
  const preflight = await look({ ...plan, server });
  for (const [subject, key, offered] of [
    ["location", "mailstead:server.location", "nbg1"],
    ["server type", "mailstead:server.type", "cx23"],
    ["image", "mailstead:server.image", "debian-1"],
  ] as const) {
    expect(finding(preflight, subject)).toMatchObject({ state: "bad" });
    expect(finding(preflight, subject).fix).toContain(`set ${key} to one of `);
    expect(finding(preflight, subject).fix).toContain(offered);
  }
});

test("less memory than the containers need, with the sizes that have enough", async () => {
  const plan = planned();
  expect((await look(plan)).findings.map(({ subject }) => subject)).not.toContain("memory");
  const memory = finding(await look({ ...plan, memoryMib: 4097 }), "memory");
  expect(memory).toEqual({
    subject: "memory",
    state: "bad",
    seen: "cx23 has 4096 MiB, and the containers need 4097 MiB",
    fix: "set mailstead:server.type to one of cx33; without mailboxes (mailstead:mail.storage: false) less is enough",
  });
  const none = finding(await look({ ...plan, memoryMib: 99_999 }), "memory");
  expect(none.fix).toContain("set mailstead:server.type to a larger one;");
});

test("a type that is not offered in the location, has gone from it, or has another processor than the image", async () => {
  const plan = planned();
  const lookAt = (server: object) => look({ ...plan, server: { ...plan.server, ...server } });
  expect(finding(await lookAt({ location: "ash" }), "server type")).toMatchObject({
    state: "bad",
    seen: "cx23 is not offered in ash",
    fix: "set mailstead:server.type to one of cpx21; cx23 is in fsn1, nbg1, hel1, before the first `pulumi up`",
  });
  expect(finding(await lookAt({ type: "cpx21" }), "server type")).toMatchObject({
    state: "bad",
    seen: "cpx21 is not offered in nbg1 since 2026-01-01",
  });
  expect(finding(await lookAt({ type: "cax11", image: "debian-12" }), "image")).toMatchObject({
    state: "bad",
    seen: "debian-12 is not offered for arm, the processor of cax11",
    fix: "set mailstead:server.image to one of ubuntu-24.04, debian-13",
  });
});

test("a zone that the token does not see", async () => {
  const preflight = await look({ ...planned(), zone: "example.net" });
  expect(finding(preflight, "zone")).toMatchObject({
    state: "bad",
    seen: "the token sees no zone example.net",
  });
});

describe("a zone whose name servers are not set yet", () => {
  let pending: Server;
  beforeEach(async () => {
    pending = createServer((request, response) => {
      const result = request.url?.includes("dns_records") === true ? [] : [{ id: "z", status: "pending" }];
      response.setHeader("content-type", "application/json").end(JSON.stringify({ success: true, result }));
    });
    await new Promise<void>((resolve) => pending.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("CLOUDFLARE_BASE_URL", `http://127.0.0.1:${String((pending.address() as AddressInfo).port)}`);
  });
  afterEach(() => new Promise((resolve) => pending.close(resolve)));

  test("is a warning that names the registrar", async () => {
    const zone = finding(await look(), "zone");
    expect(zone).toMatchObject({ state: "warn", seen: "example.com is pending" });
    expect(zone.fix).toContain("at your registrar");
  });
});

/** One thing of each kind with our label, and the same again with another stack's. */
async function leaveBehind(): Promise<void> {
  for (const stack of ["prod", "other"]) {
    const labels = { mailstead: stack };
    const key = Buffer.from(KEY.split(" ")[1] ?? "", "base64");
    key.writeUInt8(stack.length, key.length - 1);
    const made = [
      await cloud.hetzner("POST", "/ssh_keys", {
        name: `key-${stack}`,
        public_key: `ssh-ed25519 ${key.toString("base64")}`,
        labels,
      }),
      await cloud.hetzner("POST", "/firewalls", { name: `wall-${stack}`, labels, rules: [] }),
      await cloud.hetzner("POST", "/primary_ips", {
        name: `address-${stack}`,
        type: "ipv4",
        auto_delete: false,
        labels,
        location: "nbg1",
      }),
      await cloud.hetzner("POST", "/servers", {
        name: `${stack}.example.com`,
        server_type: "cx23",
        image: "debian-13",
        location: "nbg1",
        labels,
      }),
    ];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  }
}

test.each([
  ["the volume", { nextHas: "volume", protect: false }, /generation by one.*with the same data volume$/],
  ["backups, which lack what came since", { nextHas: "backups", protect: false }, /Power on$/],
  ["nothing", { nextHas: "nothing", protect: true }, /Power on$/],
  [
    "nothing, and the server may go",
    { nextHas: "nothing", protect: false },
    /generation by one.*a new server$/,
  ],
] as const)(
  "a server that is off, whose successor would have %s: what to do",
  async (_what, facts, advised) => {
    const order = { name: "prod.example.com", server_type: "cx23", image: "debian-13", location: "nbg1" };
    const labels = { mailstead: "prod" };
    await cloud.hetzner("POST", "/servers", { ...order, labels, start_after_create: false });
    const plan = planned();
    const preflight = await look({ ...plan, server: { ...plan.server, ...facts } });
    expect(finding(preflight, "server prod.example.com")).toMatchObject({ state: "bad", seen: "is off" });
    expect(finding(preflight, "server prod.example.com").fix).toMatch(advised);
  },
);

test("orphans of every kind, of this stack only, and not what the state knows", async () => {
  await leaveBehind();
  const ours = planned().records.find(({ role }) => role === "apex-mx");
  if (ours?.type !== "MX") throw new Error("no MX planned");
  const record = {
    type: "MX",
    name: ours.name,
    content: ours.exchange,
    priority: 0,
    ttl: 1,
    comment: ours.purpose,
  };
  expect((await cloud.cloudflare("POST", ZONE, record)).status).toBe(200);
  const { orphans } = await look();
  const named = orphans.map(
    (orphan) => `${orphan.vendor === "cloud" ? HETZNER_PATHS[orphan.kind] : "record"} ${orphan.name}`,
  );
  expect(named.sort()).toEqual([
    "firewalls wall-prod",
    "primary_ips address-prod",
    "record MX example.com",
    "servers prod.example.com",
    "ssh_keys key-prod",
  ]);
  const address = orphans.find(({ name }) => name === "address-prod");
  const { orphans: rest } = await look(planned(), GOOD, [
    `hcloud:index/primaryIp:PrimaryIp ${String(address?.id)}`,
  ]);
  expect(rest.map(({ name }) => name)).not.toContain("address-prod");
  expect(rest).toHaveLength(4);
});

/** A preview with nothing to create. Its last argument but one is the file for it. */
const PREVIEW = `"preview "*) echo '{"resources": []}' > "$5" ;;`;

describe("the command", () => {
  let project: Project;
  let registry: FakeRegistry;
  let images: Record<string, string>;
  beforeEach(async () => {
    project = makeProject();
    registry = await fakeRegistry();
    images = configuredImages(registry, "v1.0.0");
    project.stack("prod", rawWith(images));
    project.pulumi(
      `case "$*" in "stack export"*) echo '{"deployment": {"resources": []}}' ;; ${PREVIEW} *) exit 9 ;; esac`,
    );
  });
  afterEach(() => {
    registry.close();
    project.remove();
  });

  function preflight(...args: string[]) {
    return project.run(["preflight", "--stack", "prod", ...args], {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
      ...urls(),
    });
  }

  function urls() {
    return {
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
      CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
      DIGITALOCEAN_API_URL: cloud.cloud.digitaloceanUrl,
    };
  }

  test("ends with 0 when all is well, and --json is the same findings", async () => {
    const { code, stdout } = await preflight();
    expect(code).toBe(0);
    expect(stdout).toContain("✓ Hetzner token: is accepted");
    const { findings } = JSON.parse((await preflight("--json")).stdout) as { findings: { state: string }[] };
    expect(findings).toHaveLength(10);
    expect(findings.every(({ state }) => state === "ok")).toBe(true);
  });

  test("a release with the digest of another one is a finding with the right digest, and no answer is none", async () => {
    const right = registry.push("v1.1.0", {});
    project.stack("prod", rawWith({ ...images, "mail.release": "v1.1.0" }));
    const found = await preflight();
    expect(found.code).toBe(1);
    expect(found.stdout).toContain("✗ image app: v1.1.0 has another digest at the registry");
    expect(found.stdout).toContain(
      `next: the digest of v1.1.0 is ${right}: \`./mailstead pin --release v1.1.0\` sets it`,
    );
    registry.broken = { question: "/v2/a/redis", answer: (response) => void response.destroy() };
    project.stack("prod", rawWith(images));
    const unknown = await preflight();
    expect(unknown.code).toBe(0);
    expect(unknown.stdout).toContain(
      "image redis: whether tag and digest fit could not be told: no answer from",
    );
  });

  test("another domain than the stack deployed is a finding, with the two ways", async () => {
    const outputs = { deployed: { domain: "example.net" } };
    const state = { deployment: { resources: [{ urn: "u", type: "pulumi:pulumi:Stack", outputs }] } };
    project.pulumi(`case "$*" in "stack export"*) echo '${JSON.stringify(state)}' ;; *) exit 9 ;; esac`);
    const { code, stdout } = await preflight();
    expect(code).toBe(1);
    expect(stdout).toContain("✗ mailstead:domain: this stack is the mail server of example.net");
    expect(stdout).toContain("set it back: pulumi config set mailstead:domain example.net");
  });

  test("ends with 1 on an orphan, --fix alone asks for a terminal (2), --fix --yes heals, then it is 0", async () => {
    const made = await cloud.hetzner("POST", "/firewalls", {
      name: "wall",
      labels: { mailstead: "prod" },
      rules: [],
    });
    const found = await preflight();
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`✗ orphan firewall wall (${String(made.body.num("firewall", "id"))})`);
    expect(found.stdout).toContain("next: ./mailstead preflight --fix");
    const asked = await preflight("--fix");
    expect(asked).toMatchObject({ code: 2 });
    expect(asked.stderr).toContain("Next step: add --yes");
    expect(await preflight("--fix", "--yes")).toMatchObject({ code: 0 });
    expect((await cloud.hetzner("GET", "/firewalls")).body.at("firewalls")).toEqual([]);
    expect((await preflight()).code).toBe(0);
  });

  test("--fix does all that can be done; what is refused is told at the end, each with its next step: 1", async () => {
    const labels = { mailstead: "prod" };
    const order = { server_type: "cx23", image: "debian-13", location: "nbg1" };
    const made = [
      await cloud.hetzner("POST", "/servers", { ...order, name: "mx.example.com", labels }),
      await cloud.hetzner("POST", "/ssh_keys", { name: "key", public_key: KEY, labels }),
      await cloud.hetzner("POST", "/firewalls", { name: "free", labels, rules: [] }),
    ];
    const server = made[0]?.body.num("server", "id");
    made.push(
      await cloud.hetzner("POST", "/firewalls", {
        ...{ name: "applied", labels, rules: [] },
        apply_to: [{ type: "server", server: { id: server } }],
      }),
    );
    const address = { name: "prod-ipv4", type: "ipv4", auto_delete: false, location: "nbg1", labels };
    made.push(await cloud.hetzner("POST", "/primary_ips", address));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    const mx = planned().records.find(({ role }) => role === "apex-mx");
    const record = { type: "MX", name: "example.com", content: "mx.example.com", priority: 0, ttl: 1 };
    await cloud.cloudflare("POST", ZONE, { ...record, comment: mx?.purpose });
    const state = join(project.folder, "state.json");
    const key = {
      urn: "urn:pulumi:prod::mailstead::tls::host",
      type: CLOUDS.hetzner.things.server.type,
      id: "77",
    };
    const pending = [{ type: "creating", resource: key }];
    writeFileSync(state, JSON.stringify({ deployment: { resources: [key], pending_operations: pending } }));
    project.pulumi(
      `case "$*" in "stack export"*) cat ${state} ;; "stack import"*) cat > ${state} ;; ${PREVIEW} *) exit 9 ;; esac`,
    );
    const { code, stdout, stderr } = await preflight("--fix", "--yes");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^server mx\.example\.com \(\d+\): the state has no key to .* → \.\/mailstead import$/m,
    );
    expect(stderr).toMatch(/^firewall applied \(\d+\): DELETE .*resource_in_use.* → run this again$/m);
    expect(stderr).toMatch(
      /^primary ip prod-ipv4 \(\d+\): .* none that this configuration plans, .* → look at it in Hetzner's console/m,
    );
    expect(stderr.trimEnd().split("\n")).toHaveLength(5);
    for (const what of [
      "firewall free",
      "ssh key key",
      "record MX example.com",
      "1 operations that never ended",
    ])
      expect(stdout).toContain(`  done: ${what}`);
    const names = async (kind: string) =>
      ((await cloud.hetzner("GET", `/${kind}`)).body.at(kind) as { name: string }[]).map(({ name }) => name);
    expect(await names("firewalls")).toEqual(["applied"]);
    expect(await names("ssh_keys")).toEqual([]);
    expect(await names("servers")).toEqual(["mx.example.com"]);
    expect(JSON.parse(readFileSync(state, "utf8"))).toEqual({ deployment: { resources: [key] } });
  });

  test("with the zone at DigitalOcean wants its token, and none of Cloudflare's", async () => {
    expect((await cloud.digitalocean("POST", "/v2/domains", { name: "example.com" })).status).toBe(201);
    project.stack("prod", rawWith({ ...images, "dns.provider": "digitalocean" }));
    const args = ["preflight", "--stack", "prod"];
    const tokens = { HCLOUD_TOKEN: HETZNER_TOKEN, ...urls() };
    const without = await project.run(args, tokens);
    expect(without).toMatchObject({ code: 1, stdout: "" });
    expect(without.stderr).toContain("there is no DIGITALOCEAN_TOKEN and no digitalocean:token");
    const { code, stdout } = await project.run(args, {
      ...tokens,
      DIGITALOCEAN_ACCESS_TOKEN: DIGITALOCEAN_TOKEN,
    });
    expect(stdout).toContain("✓ DigitalOcean token: is accepted");
    expect(stdout).toContain("✓ zone: example.com is there");
    expect(stdout).not.toContain("Cloudflare");
    expect(code).toBe(0);
  });

  test("with the zone at Hetzner one token does; a set that a broken run left is taken away by --fix", async () => {
    expect((await cloud.hetzner("POST", "/zones", { name: "example.com", mode: "primary" })).status).toBe(
      201,
    );
    project.stack(
      "prod",
      rawWith({ ...images, "dns.provider": "hetzner", "certificates.method": "http-01" }),
    );
    const comment = planned().records.find(({ role }) => role === "apex-mx")?.purpose;
    const set = { name: "@", type: "MX", records: [{ value: "0 mx.example.com.", comment }] };
    expect((await cloud.hetzner("POST", "/zones/example.com/rrsets", set)).status).toBe(201);
    const { code, stdout } = await project.run(["preflight", "--stack", "prod", "--fix", "--yes"], {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      ...urls(),
    });
    expect(stdout).toContain("✓ zone: example.com is ok");
    expect(stdout).toContain("✗ orphan record MX example.com (example.com/@/MX)");
    expect(stdout).toContain("done: record MX example.com");
    expect((await cloud.hetzner("GET", "/zones/example.com/rrsets/@/MX")).status).toBe(404);
    expect(code).toBe(0);
  });

  test("a refused server token is a finding, and the zone is looked at all the same", async () => {
    const { code, stdout, stderr } = await project.run(["preflight", "--stack", "prod"], {
      ...{ HCLOUD_TOKEN: "x".repeat(64), CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN },
      ...urls(),
    });
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("✗ Hetzner token: ");
    expect(stdout).toContain("✓ zone: example.com is active");
  });
});
