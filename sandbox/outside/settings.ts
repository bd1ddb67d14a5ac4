/** Where the outside mail host stands. Every option has the sandbox's ground plan as its default, but for the files. */
import { parseArgs } from "node:util";
import { Resolver } from "node:dns/promises";

/** Options of the outside mail host. */
export interface OutsideSettings {
  /** Holds `inbox/` and `queue/`. */
  readonly folder: string;
  /** Name in the greeting and in EHLO. */
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6: string | undefined;
  /** Port that mail is taken on, and sent to. */
  readonly port: number;
  /** Port of the control API on 127.0.0.1. */
  readonly control: number;
  readonly key: string;
  readonly certificate: string;
  /** PEM bundle that a receiver's certificate must chain to; read anew for every try. */
  readonly ca: string;
  readonly resolver: Resolver;
  /** Seconds between two tries of a message, and until it is given up. */
  readonly retrySeconds: number;
  readonly giveUpSeconds: number;
}

/** Reads `--folder DIR --key FILE --certificate FILE --ca FILE` and the options with a default. */
export function outsideSettings(args: readonly string[]): OutsideSettings {
  const text = (fallback?: string): { type: "string"; default?: string } => ({
    type: "string",
    ...(fallback === undefined ? {} : { default: fallback }),
  });
  const { values } = parseArgs({
    args: [...args],
    options: {
      folder: text(),
      key: text(),
      certificate: text(),
      ca: text(),
      name: text("mx.outside.test"),
      ipv4: text("203.0.113.6"),
      ipv6: text("2001:db8:203::6"),
      port: text("25"),
      control: text("8103"),
      resolver: text("203.0.113.2"),
      retry: text("3"),
      "give-up": text("3600"),
    },
  });
  const needed = (name: "folder" | "key" | "certificate" | "ca"): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`--${name} is missing`);
    return value;
  };
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  resolver.setServers([values.resolver ?? ""]);
  return {
    folder: needed("folder"),
    key: needed("key"),
    certificate: needed("certificate"),
    ca: needed("ca"),
    name: values.name ?? "",
    ipv4: values.ipv4 ?? "",
    ipv6: values.ipv6 === "" ? undefined : values.ipv6,
    port: Number(values.port),
    control: Number(values.control),
    resolver,
    retrySeconds: Number(values.retry),
    giveUpSeconds: Number(values["give-up"]),
  };
}
