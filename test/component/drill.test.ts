/**
 * Proves: the whole program as a drill declares nothing at the DNS provider, no reverse name and nothing that is protected,
 * all of it under the drill's name and label; what the host is given are the keys of the live stack, as secrets, and not those that are
 * made anew; a live stack that does not tell them, and the mark in any other stack, stop it before anything is declared.
 * Cannot prove: that the server comes up; the sandbox's life does.
 */
import { expect, test } from "vitest";
import { LIVE_SLOTS } from "../../stack/drill/drillPlan.ts";
import { DRILL_KEYS } from "../../stack/drill/drillStack.ts";
import { rawWith } from "../unit/stack/support/validRaw.ts";
import { find, ofType } from "./support/find.ts";
import { runProgram, type ProgramRun } from "./support/wholeProgram.ts";

const RAW = rawWith({
  backups: {
    ...{ endpoint: "s3.example.net", bucket: "mail" },
    ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
  },
});
const SLOTS = Object.fromEntries(LIVE_SLOTS.map((name) => [name, `LIVE-${name}`]));
const ADDRESSES = { ipv4: "203.0.113.77", ipv6: "2001:db8:a:77::1" };

function runDrill(
  outputs: Readonly<Record<string, unknown>> = { slots: SLOTS, addresses: ADDRESSES },
  { of = "live", stack = "live-drill" } = {},
): Promise<ProgramRun> {
  return runProgram(
    RAW,
    {},
    {
      config: { [DRILL_KEYS.of]: of },
      engine: { stack, references: { "organization/mailstead/live": outputs } },
    },
  );
}

test("nothing at the DNS provider, nothing protected, all under the drill's name", async () => {
  const run = await runDrill();
  expect(run.errors).toEqual([]);
  const types = run.registrations.map(({ type }) => type);
  expect(types.filter((type) => /^cloudflare|Rdns/.test(type))).toEqual([]);
  expect(run.calls.map(({ token }) => token).filter((token) => token.startsWith("cloudflare"))).toEqual([]);
  expect(run.registrations.filter(({ protect }) => protect)).toEqual([]);
  const server = find(run, "Server", "server");
  expect(server.inputs).toMatchObject({ name: "drill.example.com", labels: { mailstead: "live-drill" } });
  expect(find(run, "Volume", "data-volume").inputs["name"]).toBe("mailstead-live-drill-data");
  expect(find(run, "PrimaryIp", "ipv4").inputs["name"]).toBe("mailstead-live-drill-ipv4");
  expect(find(run, "Firewall", "firewall").inputs["rules"]).toHaveLength(2);
  expect(ofType(run, "Container")).toHaveLength(15);
});

test("the host gets the live stack's keys, as secrets", async () => {
  const run = await runDrill();
  const stdin = (name: string): unknown => find(run, "Command", name).inputs["stdin"];
  expect(stdin("file-env")).toContain("HELPER_ENCRYPTION_KEY=");
  expect(stdin("file-env")).toContain("LIVE-helperEncryptionKey");
  expect(stdin("file-env")).not.toContain("SECRETsrs-secret");
  expect(find(run, "Command", "file-env").secrets).toContain("stdin");
  expect(stdin("file-backup-secrets")).toContain("LIVE-backupPassword");
  expect(stdin("file-dkim-key")).toBe("LIVE-dkimPrivateKey");
  expect(stdin("file-firewall-rules")).toContain("ip daddr 203.0.113.77 reject");
});

test("a live stack that does not tell a key stops it, with the next step", async () => {
  const rest = Object.fromEntries(Object.entries(SLOTS).filter(([name]) => name !== "srsSecret"));
  const run = await runDrill({ slots: rest, addresses: ADDRESSES });
  expect(run.errors.map(({ message }) => message).join()).toContain("does not tell its srsSecret");
  expect(run.errors.map(({ message }) => message).join()).toContain("pulumi up --stack live");
  expect(run.registrations.filter(({ type }) => type.startsWith("hcloud"))).toEqual([]);
});

test("the mark in a stack that is no drill's stops it: its server may hold mail", async () => {
  const run = await runDrill({}, { stack: "live" });
  expect(run.errors.map(({ message }) => message).join()).toContain("pulumi config rm mailstead-drill:of");
  expect(run.registrations.filter(({ type }) => type.startsWith("hcloud"))).toEqual([]);
});
