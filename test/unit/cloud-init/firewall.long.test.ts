/**
 * Proves: the rules of any plan are valid for the real nft and say what the plan says; `firewall.sh` keeps the old rules
 * where the new ones are not valid or would keep the deploy out, and keeps what the host has opened across reloads; a boot
 * opens SSH for a while and loads what was accepted last.
 * Cannot prove: that the kernel drops the packets; the sandbox does. Skips where no namespace of an own network can be made.
 */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderHostRules } from "../../../stack/firewall/hostRules.ts";
import type { FirewallRule } from "../../../stack/model/plan.ts";
import { readNetwork } from "../../../stack/values/network.ts";
import { makeHostFolder } from "./hostFolder.ts";

const hasNamespace = spawnSync("unshare", ["-rn", "nft", "list", "ruleset"]).status === 0;
const EVERYONE = ["0.0.0.0/0", "::/0"];
const MAIL = { purpose: "mail", protocol: "tcp", port: 25, sources: EVERYONE, waitsForDomain: true } as const;

function ssh(...sources: string[]): FirewallRule {
  return { purpose: "SSH", protocol: "tcp", port: 22, sources };
}

/** Runs a script in a network of its own; loopback is down there. */
function inNamespace(script: string, env: Readonly<Record<string, string>> = {}) {
  const ended = spawnSync("unshare", ["-rn", "bash", "--norc", "-c", script], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", ...env },
    timeout: 60_000,
  });
  return { status: ended.status, stdout: ended.stdout, said: `${ended.stdout}${ended.stderr}` };
}

function host(rules: readonly FirewallRule[]) {
  const folder = makeHostFolder("", { env: "unused.env", scripts: ["firewall.sh"] });
  folder.write("etc/mailstead/firewall.nft", renderHostRules(rules));
  return { ...folder, script: `${folder.root}/usr/local/lib/mailstead/firewall.sh` };
}

const LIST = "nft list table inet mailstead_firewall";

const network = fc
  .oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  )
  .map(([address, length]) => {
    const read = readNetwork(`${address}/${length}`);
    if ("value" in read) return read.value;
    return /write (\S+\/\d+)$/.exec(read.fault.fix)?.[1];
  })
  .filter((block) => block !== undefined);

describe.skipIf(!hasNamespace)("rules of a plan", () => {
  test("are valid whatever the networks are, overlapping ones too", () => {
    const samples = fc.sample(fc.uniqueArray(network, { minLength: 1, maxLength: 20 }), {
      numRuns: 100,
      seed: 11,
    });
    const folder = makeHostFolder("", { env: "unused.env", scripts: [] });
    samples.forEach((sources, index) => {
      folder.write(`rules/${index}`, renderHostRules([ssh(...sources), MAIL]));
    });
    const { stdout, said } = inNamespace(
      `for file in ${folder.root}/rules/*; do nft --file "$file" && echo loaded; done`,
    );
    expect(said).not.toContain("Error");
    expect(stdout.trim().split("\n")).toHaveLength(100);
  });

  test("a block that holds another, and everyone of one family, are taken", () => {
    const { status, stdout } = inNamespace(
      `nft --file - <<'END' && nft get element inet mailstead_firewall from_22_ip '{ 198.51.100.7 }'\n${renderHostRules(
        [ssh("0.0.0.0/0", "203.0.113.0/24", "203.0.113.5/32")],
      )}END\n`,
    );
    expect(status).toBe(0);
    expect(stdout).toContain("0.0.0.0/0");
  });

  test("Docker's and other tables stay, and loading again leaves one table", () => {
    const h = host([ssh("192.0.2.0/24"), MAIL]);
    const { stdout } = inNamespace(
      `nft add table ip docker; nft add table inet mailstead_metadata; ${h.script} load && ${h.script} load; nft list tables`,
    );
    expect(stdout.trim().split("\n")).toEqual([
      "table ip docker",
      "table inet mailstead_metadata",
      "table inet mailstead_firewall",
    ]);
  });
});

describe.skipIf(!hasNamespace)("firewall.sh", () => {
  test("what is not valid is refused, and the rules before stay", () => {
    const h = host([ssh("192.0.2.0/24"), MAIL]);
    const bad = renderHostRules([ssh("198.51.100.0/24"), MAIL]).replace("policy drop;", "policy dorp;");
    const { stdout, said } = inNamespace(
      `${h.script} load; cat > ${h.root}/etc/mailstead/firewall.nft <<'END'\n${bad}END\n` +
        `${h.script} load; echo "ended $?"; ${LIST}; cat ${h.root}/var/lib/mailstead/firewall.nft`,
    );
    expect(said).toContain("those before stay");
    expect(stdout).toContain("ended 1");
    expect(stdout.match(/192\.0\.2\.0\/24/g)).toHaveLength(2);
    expect(stdout).not.toContain("198.51.100.0");
  });

  test("who deploys from a network that is not listed is not locked out: the rules before stay, or none where there were none", () => {
    const h = host([ssh("192.0.2.0/24"), MAIL]);
    const from = { SSH_CONNECTION: "203.0.113.9 50022 203.0.113.10 22" };
    const first = inNamespace(`${h.script} load; echo "ended $?"; ${LIST} || echo none`, from);
    expect(first.stdout).toContain("ended 1");
    expect(first.stdout).toContain("none");
    expect(first.said).toContain(
      "the deploy comes from 203.0.113.9, which no block of mailstead:server.adminNetworks holds",
    );
    const h2 = host([ssh("203.0.113.0/24", "2001:db8::/32"), MAIL]);
    const next = renderHostRules([ssh("192.0.2.0/24"), MAIL]);
    const second = inNamespace(
      `${h2.script} load; echo "ended $?"; ${h2.script} mail-opens; ` +
        `cat > ${h2.root}/etc/mailstead/firewall.nft <<'END'\n${next}END\n${h2.script} load; echo "ended $?"; ${LIST}`,
      from,
    );
    expect(second.stdout).toMatch(/ended 0\n[^]*ended 1\n/);
    expect(second.stdout).toContain("203.0.113.0/24");
    expect(second.stdout).toContain("elements = { 25 }");
  });

  test("a deploy over IPv6 is looked for among the IPv6 blocks", () => {
    const h = host([ssh("203.0.113.0/24", "2001:db8::/32"), MAIL]);
    const load = `${h.script} load; echo "ended $?"`;
    expect(inNamespace(load, { SSH_CONNECTION: "2001:db8::9 5 2001:db8::1 22" }).stdout).toBe("ended 0\n");
    expect(inNamespace(load, { SSH_CONNECTION: "2001:db9::9 5 2001:db8::1 22" }).stdout).toBe("ended 1\n");
  });

  test("an open mail port stays open across a reload and a boot, and a closed one closed", () => {
    const h = host([ssh("192.0.2.0/24"), MAIL]);
    const state = `${h.root}/var/lib/mailstead/mail-gate.json`;
    const opened = `nft get element inet mailstead_firewall opened '{ 25 }' >/dev/null 2>&1 && echo open || echo closed`;
    const { stdout } = inNamespace(
      [
        `${h.script} load; ${opened}`,
        `echo '{"domain":"example.com","state":"open","since":"","answer":"known 1"}' >${state}`,
        `${h.script} mail-opens; ${opened}; ${h.script} load; ${opened}; nft delete table inet mailstead_firewall`,
        `${h.script} boot; ${opened}`,
        `sed -i s/open/closed/ ${state}; ${h.script} mail-closes; ${h.script} mail-closes; ${opened}; ${h.script} load; ${opened}`,
      ].join("\n"),
    );
    expect(stdout.trim().split("\n")).toEqual(["closed", "open", "open", "open", "closed", "closed"]);
  });

  test("after a boot SSH is open for minutes, and the rules are those accepted last", () => {
    const h = host([ssh("192.0.2.0/24"), MAIL]);
    const { stdout } = inNamespace(
      `${h.script} load; nft delete table inet mailstead_firewall; echo broken >${h.root}/etc/mailstead/firewall.nft\n` +
        `${h.script} boot; nft list set inet mailstead_firewall opened; ${LIST} | grep -c 192.0.2.0/24`,
    );
    expect(stdout).toContain("22 timeout 15m");
    expect(stdout).toMatch(/^1$/m);
  });
});
