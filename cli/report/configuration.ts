/** The configuration of a report: its keys, and of its values those alone that say nothing about whose it is. Pure. */
import type { Known } from "./redact.ts";

/** Keys whose value is shown; a list's place is `[]`, any key is `*`. Switches are shown everywhere. */
const SHOWN = new Set([
  ...["drift", "generation", "onboarding"],
  ...[
    "server.provider",
    "server.location",
    "server.type",
    "server.image",
    "server.swapMib",
    "server.deployKeys[]",
  ],
  ...["dns.provider", "dns.ttlSeconds", "dns.mx", "dns.mxHost"],
  ...["dns.dmarc.policy", "dns.dmarc.subdomains", "dns.mtaSts.mode", "dns.mtaSts.maxAgeSeconds"],
  ...["dns.records[].type", "dns.records[].ttlSeconds", "dns.ignore[].types[]"],
  ...["mail.release", "mail.images.*.tag", "mail.images.*.digest"],
  ...["certificates.method", "certificates.propagationSeconds"],
]);

/** One line of the configuration: key and value, which is redacted where it is not for others. */
export type Line = readonly [key: string, value: string];

/** A value at its key. Numbers of list items are in it. */
interface Leaf {
  readonly key: string;
  /** The key as {@link SHOWN} has it. */
  readonly kind: string;
  readonly value: unknown;
}

/** A key as somebody wrote it may be anything. */
function plainKey(key: string): string {
  return /^[a-z][a-zA-Z]{0,30}$/.test(key) ? key : "<key>";
}

function leaves(value: unknown, key: string, kind: string): Leaf[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => leaves(item, `${key}[${String(at)}]`, `${kind}[]`));
  }
  if (typeof value !== "object" || value === null) return [{ key, kind, value }];
  const dot = key === "" ? "" : ".";
  return Object.entries(value).flatMap(([name, inner]) => {
    const shown = plainKey(name);
    const isRole = kind === "mail.images";
    return leaves(inner, `${key}${dot}${shown}`, `${kind}${dot}${isRole ? "*" : shown}`);
  });
}

/** A word, number or digest; what was pasted into the wrong key by mistake is longer, or has other letters. */
function isPlain(text: string): boolean {
  return /^[\w.-]{1,19}$/.test(text) || /^sha256:[0-9a-f]{64}$/.test(text);
}

function shown({ kind, value }: Leaf): string | undefined {
  const text = String(value);
  if (text === "true" || text === "false") return text;
  return SHOWN.has(kind) && isPlain(text) ? text : undefined;
}

/** Every value that is not shown, with what stands for it. */
export function hiddenValues(raw: unknown): Known[] {
  return leaves(raw, "", "").flatMap((leaf) =>
    shown(leaf) === undefined ? [{ text: String(leaf.value), as: `<${leaf.key}>` }] : [],
  );
}

/** The configuration, line by line. */
export function configurationLines(raw: unknown): Line[] {
  return leaves(raw, "", "").map((leaf) => [leaf.key, shown(leaf) ?? "<text>"]);
}
