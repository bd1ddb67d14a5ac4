/** The stack's file in a bundle: as it stood, with its secrets beside it, and written anew for another passphrase. */
import { isMap, parse, parseDocument, stringify } from "yaml";
import { TEXTS } from "../stackFile/readStackFile.ts";
import { CommandError } from "../output/terminal.ts";
import type { RecoveryBundle } from "./format.ts";

type Configuration = RecoveryBundle["configuration"];

/** What `pulumi config --json --show-secrets` says of a key. */
export interface EngineValue {
  readonly value?: string;
  readonly objectValue?: unknown;
}

type Path = readonly (string | number)[];

/** A value that stands in the file as ciphertext. */
interface Secure {
  /** The key, and below it the way to the value. */
  readonly path: Path;
  readonly ciphertext: string;
}

const ENGINE_LINE = new RegExp(`^(?:${TEXTS.join("|")}):[^\\n]*(?:\\n|$)`, "gm");

/** The lines by which the engine opens the file's secrets. */
export function engineLines(text: string): string {
  return (text.match(ENGINE_LINE) ?? []).map((line) => `${line.trimEnd()}\n`).join("");
}

/** A file without them. */
export function withoutEngineLines(text: string): string {
  return text.replaceAll(ENGINE_LINE, "");
}

/** Ciphertexts of a file, with where they stand. */
export function listSecure(text: string): Secure[] {
  const { config } = (parse(text) ?? {}) as { config?: unknown };
  const found: Secure[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (typeof value !== "object" || value === null) return;
    const entries = Object.entries(value);
    const [[key, inner] = []] = entries;
    if (entries.length === 1 && key === "secure" && typeof inner === "string") {
      found.push({ path, ciphertext: inner });
      return;
    }
    for (const [name, one] of entries) visit(one, [...path, Array.isArray(value) ? Number(name) : name]);
  };
  visit(config, []);
  return found;
}

/** A way as `pulumi config set --path` writes it. */
export function describePath([key = "", ...inner]: Path): string {
  return `${String(key)}${inner.map((part) => (typeof part === "number" ? `[${String(part)}]` : `.${part}`)).join("")}`;
}

/** The value at a place of what the engine said. */
function findValue(
  values: Readonly<Record<string, EngineValue>>,
  [key, ...inner]: Path,
  project: string,
): unknown {
  const name = String(key);
  const said = values[name.includes(":") ? name : `${project}:${name}`];
  if (inner.length === 0) return said?.value;
  return inner.reduce<unknown>(
    (value, part) => (value as Readonly<Record<string | number, unknown>> | undefined)?.[part],
    said?.objectValue,
  );
}

/**
 * The file line by line, as the engine's own lines want it: JSON, which is YAML too, is written anew. It has no comments that
 * would be lost.
 */
function inLines(text: string): string {
  const document = parseDocument(text);
  const isFlow = isMap(document.contents) && document.contents.flow === true;
  return isFlow ? stringify(document.toJS(), { lineWidth: 0 }) : text;
}

/**
 * The file with its secrets.
 *
 * @param written text of the stack's file.
 * @param values that the engine has for it, secret ones too; needed only where the file has secrets.
 * @throws CommandError where the engine does not tell one of them, or where one does not stand on one line
 */
export function storeConfiguration(
  written: string,
  values: Readonly<Record<string, EngineValue>>,
  project: string,
): Configuration {
  const text = inLines(written);
  const secrets = listSecure(text).map(({ path, ciphertext }) => {
    const value = findValue(values, path, project);
    if (typeof value === "string" && text.includes(ciphertext)) return [ciphertext, value] as const;
    const place = describePath(path);
    throw new CommandError(
      `the secret value of ${place} cannot be read`,
      `pulumi config set --secret --path ${place}`,
    );
  });
  return { text: withoutEngineLines(text), secrets: Object.fromEntries(secrets) };
}

/**
 * The file for another passphrase.
 *
 * @param ciphertexts new ones by the old.
 * @param lines by which the engine opens them.
 */
export function rewriteConfiguration(
  { text }: Pick<Configuration, "text">,
  ciphertexts: ReadonlyMap<string, string>,
  lines: string,
): string {
  const fresh = [...ciphertexts].reduce((now, [old, one]) => now.replaceAll(old, () => one), text);
  return `${fresh}${fresh === "" || fresh.endsWith("\n") ? "" : "\n"}${lines}`;
}

/** What two files have in common whose secrets alone are encrypted otherwise. */
export function withoutCiphertexts(text: string): string {
  const lines = inLines(text);
  return listSecure(lines)
    .reduce((now, { ciphertext }) => now.replaceAll(ciphertext, "…"), withoutEngineLines(lines))
    .trim();
}

/** Secret values by their places. */
export function secretsByPlace({ text, secrets }: Configuration): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listSecure(text).map(({ path, ciphertext }) => [describePath(path), secrets[ciphertext] ?? ""]),
  );
}
