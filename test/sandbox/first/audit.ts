/**
 * Proves: with real servers, `mailstead audit` finds an untouched zone clean, and each of ten scenes as what it is, with
 * the effect on mail, the exit code and a line that fixes it; afterwards it is clean again. What was changed at the
 * vendor is drift for the engine (exit code 7), which puts it back; an unmanaged record is a warning of a plain preview.
 * Cannot: show how a vendor's own servers behave while a change is on its way; a zone changed at the servers alone stands
 * for it.
 */
import { afterEach, expect, test } from "vitest";
import type { Audit, AuditCheck, AuditRow } from "../../../verify/model/observation.ts";
import { clearFaults, fault } from "../../support/faults.ts";
import { inside, outputs, pulumi, STACK } from "../../support/sandbox.ts";
import { countsLine, zoneWarnings } from "../../support/summary.ts";
import { cloudflare, hetzner, recordsPath } from "../../support/vendors.ts";
import * as scene from "../../support/zoneScenes.ts";

const ZONE = "example.com";
const REFRESHED = ["--refresh", "--run-program"];

interface Audited extends Audit {
  readonly code: number;
}

async function audit(...options: string[]): Promise<Audited> {
  const args = ["node", "cli/mailstead.js", "audit", "--stack", STACK, "--json", ...options];
  const { code, stdout, stderr } = await inside(args, { limitSeconds: 120 });
  if (!stdout.startsWith("{")) throw new Error(`audit ended with ${code}: ${stdout}${stderr}`);
  return { ...(JSON.parse(stdout) as Audit), code };
}

function row({ rows }: Audited, type: string, name: string): AuditRow {
  const found = rows.filter((one) => one.type === type && one.name === name);
  expect(found, `${type} ${name}`).toHaveLength(1);
  const [only] = found as [AuditRow];
  console.log(`${type} ${name}: ${only.verdict} (${only.severity}) ${only.reason} → ${only.fix ?? "-"}`);
  return only;
}

/** @param subject default: the first of that name and state. */
function check({ checks }: Audited, name: string, state: AuditCheck["state"], subject?: string): AuditCheck {
  const found = checks.find(
    (one) => one.check === name && one.state === state && one.subject === (subject ?? one.subject),
  );
  if (found === undefined)
    throw new Error(`no check ${name} ${subject ?? ""} is ${state}: ${JSON.stringify(checks, null, 1)}`);
  console.log(`${name} ${found.subject}: ${found.seen} → ${found.fix ?? "-"}`);
  return found;
}

/** Rows that are not as they should be, but for unmanaged records. */
function faulty({ rows }: Audited): string[] {
  return rows
    .filter(({ verdict }) => !["ok", "unmanaged", "ignored", "provider-owned"].includes(verdict))
    .map(({ type, name, verdict }) => `${verdict} ${type} ${name}`);
}

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (undo.length > 0) await undo.pop()?.();
  await scene.forget(ZONE);
});

async function expectClean(): Promise<void> {
  const seen = await audit();
  expect(faulty(seen)).toEqual([]);
  expect(seen.checks.filter(({ state }) => state === "bad" || state === "propagating")).toEqual([]);
}

test("an untouched zone is clean in all columns", async () => {
  const seen = await audit();
  console.log(seen.checks.map((one) => `${one.check} ${one.subject}: ${one.state}, ${one.seen}`).join("\n"));
  expect(seen.columns).toEqual(["api", "authoritative", "resolvers"]);
  expect(seen.code, JSON.stringify(seen.checks.filter(({ state }) => state !== "ok"))).toBe(0);
  await expectClean();
});

test("a second SPF, added by hand", async () => {
  const path = await recordsPath(ZONE);
  const body = { type: "TXT", name: ZONE, content: '"v=spf1 include:_spf.sender.test ~all"', ttl: 60 };
  const { result } = (await cloudflare(path, "POST", body)) as { result: { id: string } };
  undo.push(() => cloudflare(`${path}/${result.id}`, "DELETE"));
  const seen = await audit();
  expect(row(seen, "TXT", ZONE)).toMatchObject({
    verdict: "conflict",
    severity: "critical",
    fix: expect.any(String) as string,
  });
  expect(seen.code).toBe(2);
});

test("the MX is stolen", async () => {
  const path = await recordsPath(ZONE);
  const { id, content } = await scene.recordAt(path, ZONE, "MX");
  await cloudflare(`${path}/${id}`, "PATCH", { content: "mx.thief.test" });
  undo.push(() => cloudflare(`${path}/${id}`, "PATCH", { content }));
  await scene.forget(ZONE);
  const seen = await audit();
  expect(row(seen, "MX", ZONE)).toMatchObject({ verdict: "changed", severity: "critical" });
  expect(seen.code).toBe(2);
});

test("a CNAME is proxied", async () => {
  const path = await recordsPath(ZONE);
  const name = `imap.${ZONE}`;
  const { id } = await scene.recordAt(path, name, "CNAME");
  await cloudflare(`${path}/${id}`, "PATCH", { proxied: true });
  undo.push(() => cloudflare(`${path}/${id}`, "PATCH", { proxied: false }));
  await scene.forget(ZONE);
  const seen = await audit();
  const found = row(seen, "CNAME", name);
  expect(found.verdict).toBe("conflict");
  expect(`${found.reason} ${found.fix ?? ""}`).toMatch(/prox/);
  expect(seen.code).toBe(2);
});

test("the reverse name is reset", async () => {
  const { addresses } = outputs();
  const { primary_ips } = (await hetzner(`primary_ips?ip=${addresses.ipv4}`)) as {
    primary_ips: { id: number }[];
  };
  const path = `primary_ips/${String(primary_ips[0]?.id)}/actions/change_dns_ptr`;
  await hetzner(path, "POST", { ip: addresses.ipv4, dns_ptr: null });
  undo.push(() => hetzner(path, "POST", { ip: addresses.ipv4, dns_ptr: `mx.${ZONE}` }));
  undo.push(() => scene.forget("113.0.203.in-addr.arpa"));
  await scene.forget("113.0.203.in-addr.arpa");
  const seen = await audit();
  expect(check(seen, "reverse-v4", "bad").fix).toBeDefined();
  expect(faulty(seen)).toEqual([]);
  expect(seen.code).toBe(2);
});

test("the API limits the rate", async () => {
  await fault({
    vendor: "cloudflare",
    method: "GET",
    path: await recordsPath(ZONE),
    kind: "rate_limit",
    seconds: 30,
    times: 50,
  });
  undo.push(clearFaults);
  const seen = await audit("--columns", "api");
  expect(new Set(faulty(seen).map((line) => line.split(" ")[0]))).toEqual(new Set(["unreachable"]));
  expect(seen.code).toBe(1);
});

test("a change is on its way to the name servers", async () => {
  await scene.changeServed(ZONE, [
    ["unset", ZONE + ".", "MX"],
    ["set", ZONE + ".", "60", "MX", "10", "old.example.com."],
  ]);
  undo.push(() => scene.serveAsWritten(ZONE));
  await scene.forget(ZONE);
  const seen = await audit();
  const found = row(seen, "MX", ZONE);
  expect(found.verdict).toBe("propagating");
  expect(faulty(seen)).toEqual([`propagating MX ${ZONE}`]);
  expect(seen.code).toBe(3);
});

test("a resolver remembers what was there before", async () => {
  await scene.changeServed(ZONE, [
    ["unset", ZONE + ".", "MX"],
    ["set", ZONE + ".", "600", "MX", "10", "old.example.com."],
  ]);
  undo.push(() => scene.serveAsWritten(ZONE));
  await scene.forget(ZONE);
  expect(await scene.resolve(ZONE, "MX")).toBe("10 old.example.com.");
  await scene.serveAsWritten(ZONE);
  const seen = await audit();
  const found = row(seen, "MX", ZONE);
  expect(found.verdict).toBe("propagating");
  // What is left of the 600 seconds that it was told, and not the 300 of what is served now.
  const left = Number(/caches keep it for (\d+) seconds at most/.exec(found.reason)?.[1]);
  expect(left).toBeGreaterThan(450);
  expect(left).toBeLessThanOrEqual(600);
  expect(found.fix).toBe(`sleep ${left} && ./mailstead audit`);
  expect(seen.code).toBe(3);
});

test("a server that the zone above names does not serve the zone", async () => {
  const name = [`${ZONE}.`, "60", "NS", "lame.ns.cloudflare.com."];
  await scene.addToRoot("lame.ns.cloudflare.com. 60 A 203.0.113.2", name.join(" "));
  undo.push(() => scene.addToRoot());
  // One server holds both zones: asked for the delegation it answers from the lower one.
  await scene.changeServed(ZONE, [["set", ...name]]);
  undo.push(() => scene.serveAsWritten(ZONE));
  await scene.forget(ZONE);
  const seen = await audit();
  // Not the delegation alone, which has one name too many: what this server says.
  const lame = "lame.ns.cloudflare.com (203.0.113.2)";
  const found = check(seen, "delegation", "bad", lame);
  expect(found.seen).toMatch(/REFUSED/);
  expect(found.fix).toContain("take that server out of the delegation");
  const said = row(seen, "MX", ZONE).authoritative?.find(({ server }) => server === lame);
  expect(said?.answer).toEqual({ state: "refused" });
  expect(check(seen, "delegation", "bad", ZONE).fix).toBeDefined();
  expect(seen.code).toBe(2);
});

test("SERVFAIL: the zone above has a DS and the zone is not signed", async () => {
  await scene.addToRoot(`${ZONE}. 60 DS 12345 13 2 ${"ab".repeat(32)}`);
  undo.push(() => scene.addToRoot());
  await scene.forget(ZONE);
  const seen = await audit();
  expect(check(seen, "dnssec", "bad")).toMatchObject({ severity: "critical" });
  const states = seen.rows.flatMap(({ resolvers = [] }) => resolvers.map(({ answer }) => answer.state));
  expect(states).toContain("servfail");
  expect(seen.code).toBe(2);
});

test("DNSSEC is pending: the zone is signed and the zone above has no DS", async () => {
  const key = Buffer.alloc(64, 7).toString("base64");
  await scene.changeServed(ZONE, [["set", `${ZONE}.`, "60", "DNSKEY", "257", "3", "13", key]]);
  undo.push(() => scene.serveAsWritten(ZONE));
  const seen = await audit();
  expect(check(seen, "dnssec", "propagating").fix).toMatch(/DS record/);
  expect(faulty(seen)).toEqual([]);
  expect(seen.code).toBe(3);
});

test("the engine: exit 7 after changes at the vendor, 0 after a refreshed up, a warning of an unmanaged record alone", async () => {
  const path = await recordsPath(ZONE);
  const [mx, dmarc] = [
    await scene.recordAt(path, ZONE, "MX"),
    await scene.recordAt(path, `_dmarc.${ZONE}`, "TXT"),
  ];
  await cloudflare(`${path}/${mx.id}`, "PATCH", { content: "mx.thief.test" });
  await cloudflare(`${path}/${dmarc.id}`, "DELETE");
  const body = { type: "A", name: `blog.${ZONE}`, content: "192.0.2.9", ttl: 300 };
  const { result } = (await cloudflare(path, "POST", body)) as { result: { id: string } };
  undo.push(() => cloudflare(`${path}/${result.id}`, "DELETE"));

  const drifted = await pulumi(["preview", ...REFRESHED, "--expect-no-changes"]);
  console.log(`drifted: exit ${drifted.code}, ${countsLine(drifted.stdout)}`);
  expect(drifted.code, drifted.stdout).toBe(7);
  const repaired = await pulumi(["up", ...REFRESHED, "--yes", "--skip-preview"]);
  console.log(`repaired: ${countsLine(repaired.stdout)}`);
  expect(repaired.code, repaired.stdout).toBe(0);
  expect((await scene.recordAt(path, ZONE, "MX")).content).toBe(mx.content);
  expect((await scene.recordAt(path, `_dmarc.${ZONE}`, "TXT")).content).toBe(dmarc.content);

  const plain = await pulumi(["preview", "--expect-no-changes"]);
  console.log(zoneWarnings(plain.stdout).join("\n"));
  expect(plain.code, plain.stdout).toBe(0);
  expect(zoneWarnings(plain.stdout)).toEqual([
    expect.stringMatching(`^warning: DNS: unmanaged A blog\\.${ZONE.replace(".", "\\.")}: `),
  ]);
});

test("after all of it the zone is clean again", expectClean);
