/**
 * Proves: the plan of a drill has no record, no reverse name and nothing that is protected, under names of its own; SSH alone
 * comes in, mail does not get out, and nothing goes to the live server; what writes to the backups, orders a certificate, opens
 * the port for mail or makes addresses is not in it; each value that it needs is the live stack's, the vendor's or the configuration's.
 * The mark of a drill in any other stack is a fault.
 * Cannot prove: that `nft` takes the rules (test/unit/readers), or that a host restores and starts; the sandbox's life does.
 */
import { describe, expect, test } from "vitest";
import { LIVE_SLOTS } from "../../../../stack/drill/drillPlan.ts";
import { DRILL_KEYS, drillStack, readDrill } from "../../../../stack/drill/drillStack.ts";
import type { Plan, PlannedFile } from "../../../../stack/model/plan.ts";
import { planDrill } from "../../../../stack/planDrill.ts";
import { planMailServer } from "../../../../stack/planMailServer.ts";
import { fill, findSlots, type SlotName } from "../../../../stack/values/slots.ts";
import { configOf } from "../support/planOf.ts";
import { rawWith, type Raw } from "../support/validRaw.ts";

const BACKUPS = {
  ...{ endpoint: "s3.example.net", bucket: "mail", pingUrl: "https://ping.example.net/abcdefgh" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};
const RAW = rawWith({
  backups: BACKUPS,
  onboarding: "automatic",
  mailboxes: [{ name: "alice" }],
  "dns.mtaSts": { mode: "enforce" },
});
const OF = { stack: "live", snapshot: "newest" };

function drillOf(raw: Raw = RAW): Plan {
  return planDrill(configOf(raw), OF).plan;
}

const live = planMailServer(configOf(RAW)).plan;
const drill = drillOf();

function text(file: PlannedFile | undefined): string {
  if (file === undefined || "asset" in file.content) throw new Error("no such file with a text");
  return fill(file.content, (name) => `<${name}>`);
}

/** The lines of a chain in the drill's rules. */
function chain(name: string): string[] {
  const rules = text(drill.files.find(({ role }) => role === "firewall-rules"));
  const [, lines = ""] =
    new RegExp(`chain ${name} \\{\\n([^}]*(?:\\{[^}]*\\}[^}]*)*?)\\n  \\}`).exec(rules) ?? [];
  return lines.split("\n").map((line) => line.trim());
}

test("it takes nothing that the world knows the live server by, and may be deleted whole", () => {
  expect([drill.records, drill.reverseNames, drill.generated, drill.lastSteps]).toEqual([[], [], [], []]);
  expect([drill.protect, drill.protectRecords, drill.server.protect]).toEqual([false, false, false]);
  expect(drill.server.deployKeys.map(({ protect }) => protect)).toEqual([false]);
  expect([live.server.name, drill.server.name]).toEqual(["mx.example.com", "drill.example.com"]);
  expect(drill.release).toBeUndefined();
  expect(live.release).toBeDefined();
});

test("it runs what the live server runs, at the same place and size", () => {
  expect(drill.containers).toEqual(live.containers);
  expect(drill.images).toEqual(live.images);
  expect(drill.volume).toEqual(live.volume);
  const { location, type, image, boot } = live.server;
  expect(drill.server).toMatchObject({ location, type, image, boot });
});

test("the vendor lets SSH from admin networks in, and ping; the host nothing else either", () => {
  expect(drill.firewall.map(({ protocol, port }) => `${protocol} ${String(port)}`)).toEqual([
    "tcp 22",
    "icmp undefined",
  ]);
  expect(drill.firewall[0]?.sources).toEqual(["203.0.113.0/24"]);
  expect(chain("input").filter((line) => line.includes("tcp dport"))).toEqual([
    "ip saddr @from_22_ip tcp dport 22 accept",
    "ip6 saddr @from_22_ip6 tcp dport 22 accept",
    "tcp dport @opened accept",
  ]);
});

test("nothing goes out to the live server, and to others only what a host needs", () => {
  expect(chain("output")).toEqual([
    "type filter hook output priority filter; policy accept;",
    "oif lo accept",
    "ip daddr <liveIpv4> meta l4proto tcp reject with tcp reset",
    "ip daddr <liveIpv4> reject",
    "ip6 daddr <liveIpv6> meta l4proto tcp reject with tcp reset",
    "ip6 daddr <liveIpv6> reject",
    "ct state established,related accept",
    "meta l4proto { icmp, ipv6-icmp } accept",
    "udp dport { 53, 67, 123, 547 } accept",
    "tcp dport { 53, 80, 443 } accept",
    "meta l4proto tcp reject with tcp reset",
    "reject",
  ]);
});

test("the host can restore, and has nothing that writes to the backups", () => {
  const roles = [...drill.firstFiles, ...drill.files].map(({ role }) => role);
  expect(roles.filter((role) => /backup|restore/.test(role))).toEqual([
    ...["backup-settings", "backup-secrets", "restore-script"],
    ...["backup-data-script", "backup-repository-script", "backup-records-script", "restore-records-script"],
  ]);
  const steps = [...drill.firstSteps, ...drill.steps].map(({ role }) => role);
  expect(steps).toEqual(["data", "restored", "certificate", "processor", "firewall"]);
  const liveSteps = [...live.firstSteps, ...live.steps, ...live.lastSteps].map(({ role }) => role);
  expect(liveSteps).toEqual(expect.arrayContaining(["backup-before", "mail-gate", "backups", "onboarding"]));
  const settings = text(drill.firstFiles.find(({ role }) => role === "backup-settings"));
  expect(settings).toContain("RESTORE='newest'\n");
  const restored = drill.firstSteps.find(({ role }) => role === "restored");
  expect(restored?.command).toContain("rm -f /etc/mailstead/backup.env");
});

test("no step waits for one that is left out", () => {
  const steps = [...drill.firstSteps, ...drill.steps];
  const roles = steps.map(({ role }) => role);
  expect(steps.flatMap(({ after }) => after).filter((role) => !roles.includes(role))).toEqual([]);
});

test("a snapshot that is named is the one that is restored", () => {
  const { plan } = planDrill(configOf(RAW), { stack: "live", snapshot: "0123abcd" });
  expect(text(plan.firstFiles.find(({ role }) => role === "backup-settings"))).toContain(
    "RESTORE='0123abcd'\n",
  );
});

test.each(["dns-01", "http-01"])("no certificate is ordered with %s", (method) => {
  const { files } = drillOf(rawWith({ backups: BACKUPS, "certificates.method": method }));
  expect(text(files.find(({ role }) => role === "certificate-env"))).toContain("METHOD='manual'\n");
  expect(files.map(({ role }) => role)).not.toContain("certificate-timer");
});

test("data on the live server's disk are restored to a volume", () => {
  const plan = drillOf(rawWith({ backups: BACKUPS, "data.kind": "disk", "server.disposable": true }));
  expect(plan.volume?.role).toBe("data-volume");
  expect(plan.firstSteps.map(({ role }) => role)).toEqual(["data", "restored"]);
});

/** What vendor, configuration and the drill's own machine give. */
const OTHERS: readonly SlotName[] = [
  ...(["liveIpv4", "liveIpv6", "stackName", "dataDevice", "serverIpv4", "serverIpv6"] as const),
  ...(["backupAccessKeyId", "backupSecretAccessKey", "backupPingUrl"] as const),
  ...(["hostPublicKey", "hostPrivateKey", "deployPublicKey", "otherDeployPublicKey"] as const),
];

test("every value that it names is of the live stack, or none of its keys", () => {
  const files = [...drill.firstFiles, ...drill.files];
  const named = files.flatMap(({ content }) => ("asset" in content ? [] : findSlots(content)));
  const known = new Set([...LIVE_SLOTS, ...OTHERS]);
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  expect(named).toEqual(expect.arrayContaining(["helperEncryptionKey", "dkimPrivateKey", "backupPassword"]));
});

describe("the mark", () => {
  test("makes a drill of the stack of that name alone", () => {
    expect(drillStack("live")).toBe("live-drill");
    expect(readDrill({ [DRILL_KEYS.of]: "live" }, "live-drill")).toEqual({
      drill: { stack: "live", snapshot: "newest" },
    });
    expect(readDrill({ [DRILL_KEYS.of]: "live" }, "live")?.fault).toContain("this stack is live");
    expect(readDrill({ [DRILL_KEYS.of]: "live" }, "other-drill")?.fault).toContain(
      "this stack is other-drill",
    );
  });

  test("is needed: without it the name alone makes none", () => {
    expect(readDrill({ "mailstead:domain": "example.com" }, "live-drill")).toBeUndefined();
  });
});
