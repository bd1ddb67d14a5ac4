/**
 * Proves: no secret value of the stack is found in plain in state files, engine output kept by the sandbox, logs, the
 * vendor APIs' request log, or process arguments.
 * Cannot: find a secret in another encoding than plain, base64 or URL form; nor the host key inside the host's own
 * user-data, which is the design's one exception.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { project, succeed } from "../../support/sandbox.ts";

/** Whole values, and for keys of many lines the longest line of the secret part. */
let secrets: { name: string; value: string }[] = [];

beforeAll(async () => {
  const printed = await succeed(["pulumi", "stack", "output", "--show-secrets", "--json", "--stack", "dev"]);
  const outputs = JSON.parse(printed) as { slots: Record<string, string>; login: { password: string } };
  const secret = /PrivateKey|Secret|Key$|Password|Token/;
  secrets = Object.entries(outputs.slots)
    .filter(([name]) => secret.test(name) && !/PublicKey/.test(name))
    .map(([name, value]) => ({ name, value: longestLine(value) }));
  secrets.push({ name: "login", value: outputs.login.password });
  for (const name of ["hetzner.token", "cloudflare.token"])
    secrets.push({ name, value: readFileSync(join(project, ".sandbox/run/cloud", name), "utf8").trim() });
  const file = readFileSync(join(project, ".mailstead/dev/deploy_key"), "utf8");
  secrets.push({ name: "deploy key", value: longestLine(file) });
});

/** Text of a file; undefined where another stack's run has taken it away meanwhile, such as its lock. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The last of the longest lines: the first ones of a key in PEM hold its public half. */
function longestLine(text: string): string {
  const lines = text.split("\n").filter((line) => !line.startsWith("-----"));
  return lines.reduce((longest, line) => (line.length >= longest.length ? line : longest), "");
}

function forms(value: string): string[] {
  return [value, Buffer.from(value).toString("base64").replace(/=+$/, ""), encodeURIComponent(value)];
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}

function found(text: string): string[] {
  return secrets
    .filter(({ value }) => forms(value).some((form) => text.includes(form)))
    .map(({ name }) => name);
}

test("there are secrets to look for, each long enough to mean something", () => {
  console.log(secrets.map(({ name, value }) => `${name} ${String(value.length)}`).join(", "));
  expect(secrets.length).toBeGreaterThanOrEqual(10);
  for (const { value } of secrets) expect(value.length).toBeGreaterThanOrEqual(20);
});

test("the search finds what is there", () => {
  expect(found(`x${secrets[0]?.value ?? ""}x`)).toEqual([secrets[0]?.name]);
});

test.each(["pulumi/state", "logs", "cloud/requests.jsonl"])("none in %s", (place) => {
  const path = join(project, ".sandbox/run", place);
  const files = place.endsWith(".jsonl") ? [path] : [...filesBelow(path)];
  const texts = files.map((file) => ({ file, text: textOf(file) })).filter(({ text }) => text !== undefined);
  expect(texts.length).toBeGreaterThan(0);
  let bytes = 0;
  for (const { file, text = "" } of texts) {
    bytes += text.length;
    expect(found(text), file).toEqual([]);
  }
  if (place === "pulumi/state") expect(texts.map(({ file }) => file).join()).toContain("/mailstead/dev.json");
  console.log(`${String(texts.length)} files, ${String(bytes)} bytes in ${place}`);
});

test("none in process arguments while an up runs", async () => {
  const seen = new Set<string>();
  const ended = new AbortController();
  const look = (): void => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        for (const name of found(readFileSync(`/proc/${pid}/cmdline`, "latin1"))) seen.add(name);
      } catch {
        // The process ended between the list and the look.
      }
    }
  };
  const watcher = (async () => {
    while (!ended.signal.aborted) {
      look();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await succeed([
    "pulumi",
    "up",
    "--yes",
    "--skip-preview",
    "--refresh",
    "--run-program",
    "--stack",
    "dev",
    "--non-interactive",
  ]);
  ended.abort();
  await watcher;
  expect([...seen]).toEqual([]);
});
