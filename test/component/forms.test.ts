/**
 * Proves: the spellings that vendors and shells want, each at its edges.
 * Cannot prove: that the vendors answer in the same spelling; the traces of real plugins are the source.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync, chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readAsset } from "../../components/assets.ts";
import { inStartOrder } from "../../components/containers.ts";
import { cloudflareRecord } from "../../components/vendors/cloudflare/dnsZone.ts";
import { quoteText } from "../../stack/values/characterStrings.ts";
import { configurationError } from "../../components/errors.ts";
import { goDuration } from "../../components/goDuration.ts";
import { firstOfNetwork } from "../../components/vendors/hetzner/addresses.ts";
import { withoutArmour } from "../../stack/values/pem.ts";
import { shellQuote } from "../../stack/values/shellQuote.ts";
import { writeSshFiles } from "../../components/sshFiles.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { smallPlan } from "./support/smallPlan.ts";

describe("durations as Go prints them", () => {
  test.each([
    [0, "0s"],
    [1, "1s"],
    [59, "59s"],
    [60, "1m0s"],
    [90, "1m30s"],
    [3600, "1h0m0s"],
    [3661, "1h1m1s"],
  ])("%i is %s", (seconds, text) => {
    expect(goDuration(seconds)).toBe(text);
  });

  test.each([-1, 0.5, Number.NaN])("%d is refused", (seconds) => {
    expect(() => goDuration(seconds)).toThrow(RangeError);
  });
});

describe("TXT in pieces", () => {
  test.each([
    ["", '""'],
    ["a".repeat(255), `"${"a".repeat(255)}"`],
    ["a".repeat(256), `"${"a".repeat(255)}" "a"`],
    ['say "hi" \\', '"say \\"hi\\" \\\\"'],
  ])("%j", (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });

  test("a character of two bytes is never cut, and no piece is over 255 bytes", () => {
    const pieces = quoteText("é".repeat(300)).split('" "');
    const sizes = pieces.map((piece) => Buffer.byteLength(piece.replaceAll('"', "")));
    expect(sizes).toEqual([254, 254, 92]);
  });

  test("quotes count as one byte each, whatever their spelling", () => {
    expect(quoteText('"'.repeat(256))).toBe(`"${'\\"'.repeat(255)}" "\\""`);
  });
});

test("a comment is cut at 100 characters", () => {
  const record = { role: "r", name: "a.example", ttlSeconds: "auto", level: "optional", type: "NS" } as const;
  const of = (purpose: string) =>
    cloudflareRecord({ ...record, purpose, target: "ns.example" }, {}, "z").comment;
  expect(of("p".repeat(100))).toBe("p".repeat(100));
  expect(of("p".repeat(101))).toBe(`${"p".repeat(99)}…`);
});

describe("first address of a /64", () => {
  test.each([
    ["2001:db8:a::", "2001:db8:a::1"],
    ["2001:db8:a:1::", "2001:db8:a:1::1"],
    ["2001:DB8:00a:01::", "2001:db8:a:1::1"],
    ["2001:db8:0:1::", "2001:db8:0:1::1"],
  ])("%s has %s", (base, first) => {
    expect(firstOfNetwork(base)).toBe(first);
  });

  test("anything but a base is refused", () => {
    expect(() => firstOfNetwork("2001:db8:a::1")).toThrow('"2001:db8:a::1" is not the base of a /64');
  });
});

test("the DKIM value is the key in one line without armour", () => {
  const pem = "-----BEGIN PUBLIC KEY-----\nMIIB\r\nabc=\n-----END PUBLIC KEY-----\n";
  expect(withoutArmour(pem)).toBe("MIIBabc=");
});

test.each(["plain", "it's", "a b", '$(x) `y` "z" \\', "new\nline", "''"])("a shell reads %j back", (text) => {
  expect(execFileSync("sh", ["-c", `printf %s ${shellQuote(text)}`], { encoding: "utf8" })).toBe(text);
});

test("assets are named by plain file names", () => {
  expect(readAsset("wait-for-host.sh")).toMatch(/^#!\/bin\/bash/);
  for (const name of ["../renderUserData.ts", "/etc/passwd", "", ".", "a/b"]) {
    expect(() => readAsset(name)).toThrow("is not the name of a file");
  }
});

test("every fault of a configuration is a line with path, message and fix", () => {
  const fault = (path: string) =>
    ({ path, rule: "r", severity: "error", message: "is bad", fix: "mend it" }) as const;
  expect(configurationError([fault("mailstead:a"), fault("mailstead:b")]).message).toBe(
    "The configuration has 2 faults; nothing was changed.\n" +
      "  mailstead:a: is bad → mend it\n  mailstead:b: is bad → mend it",
  );
});

describe("ssh files", () => {
  const contents = {
    deployKey: "KEY",
    hostPublicKey: "ssh-ed25519 AAAA\n",
    addresses: ["192.0.2.1", "2001:db8::1"],
  };
  const write = () => {
    const folder = join(temporaryFolder(), "deep", "ssh");
    return { folder, files: writeSshFiles(folder, contents) };
  };

  test("only the owner reads the key", () => {
    const { folder, files } = write();
    expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(files.keyFile, "utf8")).toBe("KEY\n");
    expect(readFileSync(files.knownHosts, "utf8")).toBe(
      "192.0.2.1 ssh-ed25519 AAAA\n2001:db8::1 ssh-ed25519 AAAA\n",
    );
    expect(readdirSync(folder).sort()).toEqual(["deploy_key", "known_hosts"]);
  });

  test("files that are right stay untouched, others are put right", () => {
    const { folder, files } = write();
    const before = statSync(files.keyFile).ino;
    writeSshFiles(folder, contents);
    expect(statSync(files.keyFile).ino).toBe(before);
    chmodSync(files.keyFile, 0o644);
    writeFileSync(files.knownHosts, "stale");
    writeSshFiles(folder, contents);
    expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(files.knownHosts, "utf8")).toContain("AAAA");
  });
});

describe("start order", () => {
  const [redis, bree] = smallPlan().containers;
  const named = (name: string, startsAfter: string[]) => ({ ...need(redis), name, startsAfter });

  test("whoever is waited for comes first, the rest stays in the plan's order", () => {
    const plan = [
      named("web", ["mongo", "smtp"]),
      named("smtp", ["mongo"]),
      named("other", []),
      named("mongo", []),
    ];
    expect(inStartOrder(plan).map(({ name }) => name)).toEqual(["mongo", "smtp", "web", "other"]);
  });

  test("a circle and an unknown name are named", () => {
    expect(() => inStartOrder([named("a", ["b"]), named("b", ["a"])])).toThrow("in a circle (a → b → a)");
    expect(() => inStartOrder([need(bree)])).toThrow("no container redis (smtp_bree → redis)");
  });

  function need<T>(value: T | undefined): T {
    if (value === undefined) throw new Error("the small plan has two containers");
    return value;
  }
});
