/** What to write in place of a key that there is not. */
import { RECORD_FIELDS } from "./extraRecord.ts";
import { nearest } from "../values/nearest.ts";
import type { Fault } from "../values/reading.ts";
import { SECTIONS } from "./keys/schema.ts";
import { pathOfKey, TABLES } from "./tables.ts";

/** Paths of every key of a name, whatever case its letters have. */
function listPlaces(key: string): string[] {
  const tables = [
    ...Object.entries(TABLES),
    ...Object.values(RECORD_FIELDS).map((fields) => ["dns.records", fields] as const),
  ];
  const keys = tables.flatMap(([table, fields]) =>
    Object.keys(fields)
      .filter((name) => name.toLowerCase() === key.toLowerCase())
      .map((name) => pathOfKey(table, name)),
  );
  const sections = Object.entries(SECTIONS).flatMap(([table, names]) =>
    names.filter((name) => name.toLowerCase() === key.toLowerCase()).map((name) => pathOfKey(table, name)),
  );
  return [...new Set([...keys, ...sections])];
}

/** A path that was written as one key: `pulumi config set` without `--path` does that. */
function isFlatPath(key: string): boolean {
  return SECTIONS[""].some((section) => key.startsWith(`${section}.`) || key.startsWith(`${section}[`));
}

/** The one word that goes on as this one begins: `ttl` is `ttlSeconds`. */
function longer(key: string, known: readonly string[]): string | undefined {
  const found = known.filter((word) => key.length > 2 && word.toLowerCase().startsWith(key.toLowerCase()));
  return found.length === 1 ? found[0] : undefined;
}

/** Where keys of a section stand: in `dns`, `mail.images.app` and so on; the top is empty. */
function findSection(path: string): string {
  return path.replace(/^mailstead:/, "").replace(/\[\d+\]$/, "");
}

/**
 * The fault of a key that there is not. Its value is never shown: it may be a secret.
 *
 * @param known keys of the section that it stands in.
 * @param path of that section, such as `mailstead:dns`.
 */
export function unknownKey(key: string, known: readonly string[], path: string): Fault {
  if (findSection(path) === "" && isFlatPath(key)) {
    const message = "this is a path, written as if it were one key";
    const way = `pulumi config rm 'mailstead:${key}', then pulumi config set --path 'mailstead:${key}' VALUE`;
    return { rule: "flat-path", message, fix: way };
  }
  const [namespace = "", name] = key.split(":");
  if (findSection(path) === "" && name !== undefined) {
    const fix = `write it as mailstead:${nearest(name, known) ?? name}`;
    return { rule: "unknown-key", message: `nothing reads the namespace ${namespace}`, fix };
  }
  const message = "there is no such key";
  const near = nearest(key, known);
  const places = listPlaces(key).filter((place) => place !== pathOfKey(findSection(path), key));
  const other = places.length > 0 && places.length <= 3 && near?.toLowerCase() !== key.toLowerCase();
  if (other)
    return {
      rule: "unknown-key",
      message,
      fix: `write it as ${places.map((place) => `mailstead:${place}`).join(" or ")}`,
    };
  const meant = near ?? longer(key, known);
  const fix = meant === undefined ? `remove it; known keys are ${known.join(", ")}` : `write ${meant}`;
  return { rule: "unknown-key", message, fix };
}
