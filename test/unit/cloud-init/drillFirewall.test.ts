/**
 * Proves: in a real kernel the rules of a drill's host refuse at once whatever goes to the live server, in both families, and
 * mail to anybody; the web, names and the host itself stay within reach.
 * Cannot prove: that the deploy loads them before anything runs; the sandbox's life does. Skips where no namespace of an own network can
 * be made.
 */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { drillFirewall, renderDrillRules } from "../../../stack/drill/drillRules.ts";
import { fill } from "../../../stack/values/slots.ts";
import { makeHostFolder } from "./hostFolder.ts";

const hasNamespace = spawnSync("unshare", ["-rn", "nft", "list", "ruleset"]).status === 0;
const LIVE: Readonly<Record<string, string>> = { liveIpv4: "192.0.2.7", liveIpv6: "2001:db8::7" };

/** A connection that is refused ends at once; one that nobody answers is still trying. */
const TRY = `
try() { timeout 1 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null; case $? in 124) echo "$1 $2 out" ;; *) echo "$1 $2 refused" ;; esac; }
ip link set lo up
ip link add d0 type veth peer name d1 && ip link set d0 up && ip link set d1 up
ip addr add 192.0.2.1/24 dev d0
ip -6 addr add 2001:db8::1/64 dev d0 nodad`;

test.skipIf(!hasNamespace)(
  "nothing to the live server, no mail to anybody, the rest as a host needs it",
  () => {
    const rules = drillFirewall([
      { purpose: "SSH", protocol: "tcp", port: 22, sources: ["198.51.100.0/24"] },
      { purpose: "IMAP", protocol: "tcp", port: 993, sources: ["0.0.0.0/0", "::/0"] },
    ]);
    const folder = makeHostFolder("", { env: "unused.env", scripts: [] });
    folder.write(
      "rules",
      fill(renderDrillRules(rules), (name) => LIVE[name] ?? ""),
    );
    const tries = [
      ...[
        "192.0.2.7 443",
        "2001:db8::7 443",
        "192.0.2.7 993",
        "192.0.2.9 25",
        "2001:db8::9 25",
        "192.0.2.9 465",
      ],
      ...["192.0.2.9 443", "2001:db8::9 443", "192.0.2.9 53"],
    ];
    const script = `set -u\n${TRY}\nnft --file ${folder.root}/rules\n${tries.map((one) => `try ${one} &`).join("\n")}\nwait`;
    const { stdout, stderr } = spawnSync("unshare", ["-rn", "bash", "--norc", "-c", script], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n").sort()).toEqual(
      tries.map((one, at) => `${one} ${at < 6 ? "refused" : "out"}`).sort(),
    );
  },
);
