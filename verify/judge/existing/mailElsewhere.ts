/** Whether the domain gets its mail elsewhere today, and what moves it here. Pure. */
import { COMMAND } from "../../../stack/values/command.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import type { Finding } from "../../model/finding.ts";
import { listed } from "../../../stack/values/sentence.ts";

/** How to move such a domain, step by step. */
export const MOVE_GUIDE = "docs/guides/move-a-living-domain.md";

/** Leaves the mail where it is. */
export const HOLD = `pulumi config set --path 'mailstead:dns.mx' hold (${MOVE_GUIDE})`;

/** What is known of the domain's mail. */
export interface MailInput {
  readonly domain: string;
  readonly mx: "hold" | "point";
  /** The zone as its provider lists it. */
  readonly zone: readonly Pick<ProviderRecord, "name" | "type" | "value">[];
}

/** Mail hosts of the domain that are not the server, as `10 mx.example.net`; a null MX is none. */
export function findOtherMailHosts({ domain, zone }: Pick<MailInput, "domain" | "zone">): readonly string[] {
  return zone
    .filter(({ name, type, value }) => name === domain && type === "MX" && !value.endsWith(" ."))
    .map(({ value }) => value)
    .filter((value) => value.split(" ")[1] !== `mx.${domain}`)
    .toSorted();
}

/** What the server says of the domain; undefined where there is none yet, or it does not answer. */
export type ServerKnows =
  | { readonly knows: true; readonly aliases: number }
  | { readonly knows: false }
  | undefined;

/** One clause: where the mail goes, and what the next `up` does with it. */
export function describeMove(hosts: readonly string[], domain: string): string {
  return `mail of ${domain} goes to ${listed(hosts)} today, and with dns.mx: point the next \`pulumi up\` moves it here`;
}

/**
 * Findings of a domain that gets mail elsewhere, before its MX is the stack's; none of any other.
 *
 * @param server what the server of an earlier `up` says
 */
export function judgeMailElsewhere(input: MailInput, server: ServerKnows): Finding[] {
  const { domain, mx } = input;
  const hosts = findOtherMailHosts(input);
  if (hosts.length === 0) return [];
  const subject = `mail of ${domain}`;
  if (mx === "hold") {
    const seen = `is held: it goes to ${listed(hosts)} until mailstead:dns.mx is point`;
    return [{ subject, state: "ok", seen }];
  }
  const moves = describeMove(hosts, domain).replace(`mail of ${domain} `, "");
  if (server === undefined) {
    const seen = `${moves}, where no server answers yet that it knows the domain and its aliases: senders would wait`;
    return [{ subject, state: "bad", seen, fix: HOLD }];
  }
  if (!server.knows) {
    const seen = `${moves}, and the server does not know the domain yet: senders would wait`;
    return [
      { subject, state: "bad", seen, fix: `${COMMAND} status says what is missing; until then ${HOLD}` },
    ];
  }
  const count = server.aliases === 1 ? "one alias" : `${server.aliases} aliases`;
  const seen = `${moves}; the server knows the domain, with ${count}: are they all? Mail to others is refused for good`;
  return [{ subject, state: "warn", seen, fix: `see that every address has its alias (${MOVE_GUIDE})` }];
}
