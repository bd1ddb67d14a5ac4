/** Does to a configuration and a zone what a printed line says, as its reader would. Nothing here is the product's code. */
import { zoneFileData } from "../../../../../stack/dns/types/recordData.ts";
import { parse } from "yaml";
import type { IgnoreRule } from "../../../../../stack/model/config.ts";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { Raw } from "../../../stack/support/validRaw.ts";

/** Puts a value at a path such as `dns.spf.mechanisms[0]`. */
export function put(raw: Raw, path: string, value: unknown): void {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  const at = keys.reduce((above: Raw, key, index) => {
    const next = keys[index + 1] ?? last;
    return (above[key] ??= /^\d+$/.test(next) ? [] : {}) as Raw;
  }, raw);
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
}

function typed(text: string): string | boolean {
  if (text === "true" || text === "false") return text === "true";
  return text;
}

/** The configuration after `pulumi config set`, `rm`, and entries added to `dns.records`. */
export function configured(raw: Raw, line: string): Raw {
  const after = structuredClone(raw);
  for (const [, path = "", quoted, plain = ""] of line.matchAll(
    /pulumi config set (?:--path )?'?mailstead:([\w.[\]]+)'? (?:'([^']*)'|(\w+))/g,
  ))
    put(after, path, typed(quoted ?? plain));
  for (const [, path = ""] of line.matchAll(/pulumi config rm --path 'mailstead:([^']+)'/g))
    put(after, path, undefined);
  for (const list of entries(line, "mailstead:dns.records: ")) {
    const dns = (after["dns"] ??= {}) as Raw;
    dns["records"] = [...((dns["records"] as unknown[] | undefined) ?? []), ...list];
  }
  return after;
}

/** The flow mappings after each mention of a key, as YAML reads them. */
function entries(line: string, key: string): unknown[][] {
  return line
    .split(key)
    .slice(1)
    .map((rest) => {
      for (let end = rest.length; end > 0; end -= 1) {
        const text = rest.slice(0, end);
        if (!text.endsWith("}")) continue;
        try {
          return parse(`[${text}]`) as unknown[];
        } catch {
          // It went on in other words.
        }
      }
      throw new Error(`no entry in: ${rest}`);
    });
}

/** Rules added to `dns.ignore`. */
export function ignoreRules(line: string): IgnoreRule[] {
  return entries(line, "mailstead:dns.ignore: ").flat() as IgnoreRule[];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Whether a line says that this record is to be removed. */
export function removes(line: string, { name, type, value }: ZoneRecord): boolean {
  const said = line.slice(line.indexOf("remove at "));
  if (!line.includes("remove at ")) return false;
  const data = escaped(zoneFileData(type, value));
  return new RegExp(`(^|: | and )${escaped(name)}\\. (\\d+ )?IN ${type} ${data}($| and |, )`).test(said);
}
