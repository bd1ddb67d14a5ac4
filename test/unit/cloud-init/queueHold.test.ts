/**
 * Proves: with the real nft in a network of its own, a restore's mark closes port 25 to what leaves, over both families and to the
 * host's own address too, but not on loopback; it stays closed while the mail server does not answer or is not as expected, across a
 * kill, and opens once all is held; without a mark nothing is closed.
 * Cannot prove: that the app holds its queue (queue.long.test.ts), nor that containers wait; the sandbox does. Skips where no namespace
 * of an own network can be made.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeHostFolder, type HostFolder } from "./hostFolder.ts";

const hasNamespace = spawnSync("unshare", ["-rn", "nft", "list", "ruleset"]).status === 0;
const MARK = "mnt/mailstead/queue-hold/pending";
const STATE = "var/lib/mailstead/queue-hold.json";

let host: HostFolder;
let network: ChildProcess;

beforeEach(async () => {
  if (!hasNamespace) return;
  host = makeHostFolder("DOMAIN='example.com'\n", { env: "data.conf", scripts: ["queue-hold.sh"] });
  host.write("usr/local/lib/mailstead/queue.cjs", "// the program\n");
  host.write("root/forwardemail.net/self-hosting/.env", 'HELPER_ENCRYPTION_KEY="kkkk"\n');
  host.program("systemctl", 'echo "systemctl $*" >>"$root/calls"');
  host.program("docker", 'cat >"$root/given"; cat "$root/answer" 2>/dev/null');
  // Pauses between two tries.
  host.program("sleep", "exec /bin/sleep 0.1");
  const words = [
    "-rn",
    "bash",
    "-c",
    "ip link set lo up; ip address add 192.0.2.1/32 dev lo; echo up; exec cat",
  ];
  network = spawn("unshare", words, { stdio: ["pipe", "pipe", "ignore"] });
  if (network.stdout !== null) await once(network.stdout, "data");
});
afterEach(async () => {
  if (!hasNamespace) return;
  network.kill("SIGKILL");
  if (network.exitCode === null && network.signalCode === null) await once(network, "exit");
});

function command(line: string): readonly string[] {
  const PATH = `${host.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const user = ["--user", "--preserve-credentials", "--net"];
  return ["--target", String(network.pid), ...user, "env", `PATH=${PATH}`, "bash", "--norc", "-c", line];
}

function inside(line: string): { status: number | null; said: string } {
  const ended = spawnSync("nsenter", command(line), { encoding: "utf8", timeout: 20_000 });
  return { status: ended.status, said: `${ended.stdout}${ended.stderr}` };
}

const script = (verb: string): string => `${host.root}/usr/local/lib/mailstead/queue-hold.sh ${verb}`;
const isClosed = (): boolean => inside("nft list table inet mailstead_queue").status === 0;
const state = () => JSON.parse(host.read(STATE) || "{}") as { state?: string; code?: string; held?: number };

describe.skipIf(!hasNamespace)("port 25 to what leaves", () => {
  test("is left alone without a mark", () => {
    expect(inside(script("guard"))).toEqual({ status: 0, said: "" });
    expect([isClosed(), host.calls()]).toEqual([false, []]);
  });

  test("is closed by a restore's mark, to every address but loopback's", () => {
    inside(script("mark 2026-03-02T03:10:00Z 0123456789abcdef"));
    expect(inside(script("guard"))).toMatchObject({ status: 0 });
    expect(host.calls()).toEqual(["systemctl start --no-block mailstead-queue-hold.service"]);
    // A listener on every address: what does not reach it was refused by the rule.
    const listener = `node -e 'require("net").createServer((s)=>s.end("220 hello\\n")).listen(25,"::",()=>console.log("up"))'`;
    const asks = ["127.0.0.1", "::1", "192.0.2.1"].map(
      (address) => `bash -c 'exec 3<>/dev/tcp/${address}/25; head -1 <&3' 2>/dev/null || echo refused`,
    );
    const line = `${listener} >up & until grep -q up up; do sleep; done; ${asks.join("; ")}; kill %1; rm up`;
    const opened = (): string[] => inside(`cd ${host.root}; ${line}`).said.match(/220 hello|refused/g) ?? [];
    expect(opened()).toEqual(["220 hello", "220 hello", "refused"]);
    inside("nft delete table inet mailstead_queue");
    expect(opened()).toEqual(["220 hello", "220 hello", "220 hello"]);
  });

  test("stays closed until all is held, also where it was killed in between", async () => {
    inside(script("mark 2026-03-02T03:10:00Z 0123456789abcdef"));
    inside(script("guard"));
    const holding = spawn("nsenter", command(`exec ${script("hold")}`), { stdio: "ignore", detached: true });
    await vi.waitFor(() => {
      expect(state()).toMatchObject({ state: "waiting", code: "" });
    }, 10_000);
    host.write("answer", "noise\nmailstead left unexpected #models/emails date\n");
    await vi.waitFor(() => {
      expect(state()).toMatchObject({ state: "waiting", code: "unexpected", about: "#models/emails date" });
    }, 10_000);
    process.kill(-Number(holding.pid), "SIGKILL");
    expect([isClosed(), host.read(MARK)]).toEqual([
      true,
      "before=2026-03-02T03:10:00Z\nsnapshot=0123456789abcdef\n",
    ]);
    host.write("answer", 'mailstead result {"held":3}\n');
    expect(inside(script("hold")).said).toContain("3 messages of the restored queue are held");
    expect([isClosed(), host.read(MARK), state()]).toEqual([
      false,
      "",
      expect.objectContaining({ state: "held", held: 3 }),
    ]);
    const digest = "94b7fc6cb15e2fdc8fa1d12aef5cf3a2c7a8d4ea8b1a5cf3d3a1b8c2f0000000";
    expect(host.read("given").replace(/[0-9a-f]{64}/, digest)).toBe(
      "// the program\n" +
        `globalThis.mailstead.queue({"do":"hold","webHost":"example.com","keyDigest":"${digest}",` +
        '"before":"2026-03-02T03:10:00Z","snapshot":"0123456789abcdef"});\n',
    );
    expect(inside(script("guard")).said).toBe("");
  });
});
