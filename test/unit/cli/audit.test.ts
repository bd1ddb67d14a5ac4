/**
 * Proves: `mailstead audit` against a vendor's API on loopback: exit codes 0, 1, 2; values of the stack are asked once,
 * kept, and asked again when the zone does not agree; no stack and no token still give an audit, with what is missing
 * named; the four forms, of which a pipe may take the beginning alone; an audit of the API alone starts no second process and asks nothing twice.
 * Cannot prove: anything about real name servers and resolvers; the sandbox asks those.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { cloudflareForm } from "../../../stack/vendors/cloudflare/dnsForm.ts";
import type { ZoneRecord } from "../../../stack/model/zoneRecord.ts";
import { planMailServer } from "../../../stack/planMailServer.ts";
import { fill, type SlotName } from "../../../stack/values/slots.ts";
import { listDesiredSets } from "../../../verify/judge/sets/desiredSets.ts";
import { CLOUDFLARE_TOKEN, started, type Started } from "../sandbox/cloud/startedCloud.ts";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const ZONE = { name: "example.com", id: "c7915704a794c5f99111b674c1985c3a" };
const RECORDS = `/zones/${ZONE.id}/dns_records`;
const VALUES: Partial<Record<SlotName, string>> = {
  serverIpv4: "203.0.113.10",
  serverIpv6: "2001:db8:a:1::1",
  dkimPublicKey: "M".repeat(392),
};

const raw = rawWith({ "dns.zoneId": ZONE.id });
const { config } = parseConfig(raw);
if (config === undefined) throw new Error("no configuration");
const { plan } = planMailServer(config);

/** The zone as an `up` would leave it. */
const DECLARED: readonly ZoneRecord[] = listDesiredSets(plan.records, (name) => VALUES[name]).flatMap(
  ({ name, type, ttlSeconds, values }) => values.map((value) => ({ name, type, ttlSeconds, value })),
);

let cloud: Started;
let project: Project;

async function put(records: readonly ZoneRecord[]): Promise<void> {
  for (const row of cloudflareForm.write(records, ZONE)) {
    const answer = await cloud.cloudflare("POST", RECORDS, { ...row, id: undefined });
    expect(answer.status, JSON.stringify(answer.body.raw)).toBe(200);
  }
}

/** A stack that says these values, and counts how often it is asked. */
function stackSays(values: Partial<Record<SlotName, string>>): void {
  const rows = plan.records.map((record) => {
    const value = (name: SlotName): string => values[name] ?? "";
    if (record.type === "A" || record.type === "AAAA")
      return { ...record, value: fill(record.address, value) };
    return { ...record, value: record.type === "TXT" ? fill(record.text, value) : "" };
  });
  writeFileSync(join(project.folder, "outputs.json"), JSON.stringify({ records: rows, slots: "[secret]" }));
  project.pulumi(`echo "$@" >> asked; cat outputs.json`);
}

function asked(): string[] {
  try {
    return readFileSync(join(project.folder, "asked"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

/** What leads the command to the vendor's API. */
function vendor(): Record<string, string> {
  return {
    CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
    CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
  };
}

function audit(args: readonly string[] = [], environment: Record<string, string> = {}): Promise<Ran> {
  return project.run(["audit", "--columns", "api", ...args], { ...vendor(), ...environment });
}

beforeEach(async () => {
  cloud = await started();
  project = makeProject();
  project.stack("prod", raw);
});

afterEach(async () => {
  project.remove();
  await cloud.close();
});

test("an untouched zone is clean; the engine is asked once, the vendor once a run", async () => {
  await put(DECLARED);
  stackSays(VALUES);
  const first = await audit();
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(/^DNS of example\.com: declared, provider\n/);
  expect(asked()).toEqual(["stack output --json --stack prod --non-interactive"]);
  const before = cloud.log().length;
  expect((await audit()).code).toBe(0);
  expect(asked()).toHaveLength(1);
  expect(cloud.log().length - before).toBe(1);
  expect(statSync(join(project.folder, ".mailstead/prod/values.json")).mode & 0o777).toBe(0o600);
});

test("kept values that the zone contradicts are asked again before drift is said", async () => {
  await put(DECLARED);
  stackSays({ ...VALUES, serverIpv4: "203.0.113.99" });
  expect((await audit()).code).toBe(2);
  stackSays(VALUES);
  expect((await audit()).code).toBe(0);
});

test("drift and conflict: 2, worst first, each with its cure", async () => {
  const spoiled = DECLARED.filter(({ type }) => type !== "MX");
  await put([...spoiled, { name: "example.com", type: "TXT", ttlSeconds: 300, value: "v=spf1 ~all" }]);
  stackSays(VALUES);
  const { code, stdout } = await audit();
  expect(code).toBe(2);
  expect(stdout).toMatch(/✗ conflict {2}TXT example\.com\n[^]*✗ missing {2}MX example\.com\n/);
  expect(stdout).toContain('next           remove at cloudflare: example.com. IN TXT "v=spf1 ~all"');
  expect(stdout).toContain("next           pulumi up --refresh --run-program");
});

test("--json and --markdown, never both", async () => {
  await put(DECLARED);
  stackSays(VALUES);
  const json = JSON.parse((await audit(["--json"])).stdout) as Record<string, unknown>;
  expect(json).toMatchObject({ schemaVersion: 3, domain: "example.com", columns: ["api"] });
  expect((await audit(["--markdown"])).stdout).toMatch(/^# DNS of example\.com\n/);
  expect((await audit(["--json", "--markdown"])).stderr).toContain("cannot be used with option");
});

test("who reads only the beginning of a large audit ends it without a word", async () => {
  const value = "so long that a pipe does not hold all of it ".repeat(20);
  await put(
    Array.from({ length: 60 }, (_, number) => {
      return { name: `filling-${number}.example.com`, type: "TXT", ttlSeconds: 300, value };
    }),
  );
  const line = "{ mailstead audit --columns api --json; echo ended $? >&2; } | head -c 1";
  expect(await project.onTerminal(line, vendor())).toBe("{ended 141\r\n");
});

test("--html: a page on standard output or in a file, which is named; a file that cannot be written is no drift", async () => {
  await put(DECLARED);
  stackSays(VALUES);
  const page = await audit(["--html"]);
  expect(page).toMatchObject({ code: 0, stderr: "" });
  expect(page.stdout).toMatch(/^<!doctype html>[^]*<h1>example\.com<\/h1>[^]*<\/html>\n$/);
  const file = join(project.folder, "dns.html");
  const told = await audit(["--html", file]);
  expect(told.code).toBe(0);
  expect(told.stdout).toMatch(/^\d+ record sets: \d+ ok/);
  expect(told.stdout).toContain(`The page is ${file}\n`);
  expect(readFileSync(file, "utf8")).toContain("<h1>example.com</h1>");
  const lost = await audit(["--html", join(project.folder, "no/such/folder.html")]);
  expect(lost.code).toBe(1);
  expect(lost.stderr).toContain("the page cannot be written: ENOENT");
  expect((await audit(["--json", "--html"])).stderr).toContain("cannot be used with option");
});

test("without a stack, sets are compared by name and type, and that is said: 1", async () => {
  await put(DECLARED);
  const { code, stdout } = await audit();
  expect(code).toBe(1);
  expect(stdout).toContain("! stack addresses and keys: unknown: `pulumi` is not on PATH");
  expect(stdout).toContain("compared by name and type alone");
});

test("without a token the public columns are asked all the same, and that is said: 1", async () => {
  stackSays(VALUES);
  const own = { CLOUDFLARE_API_TOKEN: "" };
  project.pulumi(`case "$1" in config) exit 1;; *) cat outputs.json;; esac`);
  const { code, stdout, stderr } = await project.run(
    ["audit", "--columns", "api,resolvers", "--resolver", "127.0.0.251"],
    own,
  );
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toMatch(/^DNS of example\.com: declared, resolvers\n/);
  expect(stdout).toContain("there is no CLOUDFLARE_API_TOKEN and no cloudflare:apiToken");
  expect(stdout).toContain("pulumi config set --secret cloudflare:apiToken");
  expect(stdout).toContain("! unreachable  MX example.com");
});

test("a vendor that refuses: 1, said once, with the token nowhere", async () => {
  stackSays(VALUES);
  const wrong = "y".repeat(40);
  const { code, stdout, stderr } = await audit([], { CLOUDFLARE_API_TOKEN: wrong });
  expect(code).toBe(1);
  expect(stdout).toContain("the provider did not answer: GET");
  expect(stdout + stderr).not.toContain(wrong);
});

test("a column or an option that does not exist, and a faulty configuration, are no drift: 1", async () => {
  const column = await project.run(["audit", "--columns", "api,whois"]);
  expect(column).toMatchObject({ code: 1, stdout: "" });
  expect(column.stderr).toContain("--columns api,authoritative,resolvers");
  expect((await project.run(["audit", "--jsn"])).code).toBe(1);
  project.stack("bad", rawWith({ domain: "exa mple" }));
  expect((await project.run(["audit", "--stack", "bad"])).code).toBe(1);
});
