/** The secrets of a stack, and the search for them in texts, in files and in the arguments of processes. */
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { slotKind, type SlotName } from "../../stack/values/slots.ts";
import { runFolder } from "./printed.ts";
import { checkout, STACK, succeed } from "./sandbox.ts";

export interface Secret {
  readonly name: string;
  /** Of keys with many lines, the longest line of the secret part. */
  readonly value: string;
}

/** All that the stack keeps secret, with what the sandbox and its tests gave it. */
export async function stackSecrets(): Promise<readonly Secret[]> {
  const printed = await succeed(["pulumi", "stack", "output", "--show-secrets", "--json", "--stack", STACK]);
  const outputs = JSON.parse(printed) as { slots: Record<SlotName, string>; login: { password: string } };
  const ofSlots = (Object.entries(outputs.slots) as [SlotName, string][])
    .filter(([name]) => slotKind(name).secret)
    .map(([name, value]) => ({ name, value: longestLine(value) }));
  const inFile = (name: string, file: string): Secret => ({
    name,
    value: longestLine(readFileSync(file, "utf8").trim()),
  });
  return [
    ...ofSlots,
    { name: "login", value: outputs.login.password },
    ...["hetzner", "cloudflare", "digitalocean", "other-hetzner"].map((vendor) =>
      inFile(`token of ${vendor}`, join(runFolder, `cloud/${vendor}.token`)),
    ),
    inFile("deploy key", join(checkout, ".mailstead", STACK, "deploy_key")),
    inFile("passphrase", join(runFolder, "pulumi/passphrase")),
    // Keys that the configuration was given.
    ...globSync(join(runFolder, "ca/provided-*.key")).map((file) => inFile("provided key", file)),
  ];
}

/** The last of the longest lines: the first ones of a key in PEM hold its public half. */
export function longestLine(text: string): string {
  const lines = text.split("\n").filter((line) => !line.startsWith("-----"));
  return lines.reduce((longest, line) => (line.length >= longest.length ? line : longest), "");
}

/** How a value may stand in a text. */
export function forms({ value }: Secret): string[] {
  return [value, Buffer.from(value).toString("base64").replace(/=+$/, ""), encodeURIComponent(value)];
}

/** Names of the secrets that a text has in any of their forms. */
export function secretsIn(text: string, secrets: readonly Secret[]): string[] {
  return secrets
    .filter((secret) => forms(secret).some((form) => text.includes(form)))
    .map(({ name }) => name);
}

export interface SearchedFile {
  readonly file: string;
  readonly bytes: number;
  readonly found: readonly string[];
}

/** Searches a file, or all below a folder. What another stack's run takes away meanwhile, such as its lock, is passed by. */
export function searchFiles(path: string, secrets: readonly Secret[], skip?: RegExp): SearchedFile[] {
  return filesAt(path)
    .filter((file) => skip?.test(file) !== true)
    .flatMap((file) => {
      const text = textOf(file);
      return text === undefined ? [] : [{ file, bytes: text.length, found: secretsIn(text, secrets) }];
    });
}

function filesAt(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [path];
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** How long a process may live unseen. */
const LOOK_MILLISECONDS = 40;

/**
 * Looks at the arguments of all processes of this machine, hosts included, as long as the work goes on.
 *
 * @returns its result, every command line that was seen, and `SECRET in PROGRAM` for each that holds one.
 */
export async function watchArguments<T>(
  secrets: readonly Secret[],
  work: () => Promise<T>,
): Promise<{ result: T; seen: readonly string[]; leaks: readonly string[] }> {
  const lines = new Set<string>();
  const timer = setInterval(() => {
    for (const line of commandLines()) lines.add(line);
  }, LOOK_MILLISECONDS);
  try {
    const result = await work();
    const leaks = [...lines].flatMap((line) =>
      secretsIn(line, secrets).map((name) => `${name} in ${line.split(" ")[0] ?? ""}`),
    );
    return { result, seen: [...lines], leaks };
  } finally {
    clearInterval(timer);
  }
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        return [readFileSync(`/proc/${id}/cmdline`, "latin1").replaceAll("\0", " ").trim()];
      } catch {
        // The process ended between the list and the look.
        return [];
      }
    });
}
