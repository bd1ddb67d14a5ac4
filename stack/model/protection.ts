/** What is protected from deletion, and the one switch that opens each part. Nothing else opens it. */
import type { Config } from "./config.ts";
import { nextServerHas } from "./nextServer.ts";

/** Path of a switch below `mailstead:`. */
export type Opener = "protect" | "server.disposable";

type Switches = Pick<Config, "protect" | "server" | "data" | "backups">;

/** One part: what it is, in words for people. */
interface ProtectedPart {
  readonly what: string;
  readonly opener: Opener;
  /** Whether anything would be lost with it. Absent: always. */
  readonly holdsData?: (config: Switches) => boolean;
}

/** Every protected part. The reference shows this table, and the plan asks it. */
export const PROTECTED_PARTS = {
  identity: {
    what: "keys, generated secrets, addresses and their reverse names, and the data volume with the mail on it",
    opener: "protect",
  },
  records: { what: "DNS records of level `required`, and the DKIM key that signs", opener: "protect" },
  server: {
    what: "with `data.kind: disk` and no backups, the server with the mail on it, also against a new generation",
    opener: "server.disposable",
    holdsData: (config) => nextServerHas(config) === "nothing",
  },
} as const satisfies Readonly<Record<string, ProtectedPart>>;

export type ProtectedPartName = keyof typeof PROTECTED_PARTS;

/** The value of a switch that opens its parts. */
export const OPEN_VALUE = { protect: false, "server.disposable": true } as const satisfies Record<
  Opener,
  boolean
>;

function isOpen(opener: Opener, { protect, server }: Switches): boolean {
  const values: Readonly<Record<Opener, boolean>> = { protect, "server.disposable": server.disposable };
  return values[opener] === OPEN_VALUE[opener];
}

/** What a switch opens, in words. */
export function openedBy(opener: Opener): readonly string[] {
  return Object.values(PROTECTED_PARTS).flatMap((part) => (part.opener === opener ? [part.what] : []));
}

/** Which parts this configuration protects. */
export function protectedParts(config: Switches): Readonly<Record<ProtectedPartName, boolean>> {
  const entries = Object.entries<ProtectedPart>(PROTECTED_PARTS).map(([name, { opener, holdsData }]) => [
    name,
    !isOpen(opener, config) && (holdsData?.(config) ?? true),
  ]);
  return Object.fromEntries(entries) as Record<ProtectedPartName, boolean>;
}
