/** All records together, found by name, with what is known of the zone round them. */
import { returnPathName, serviceNames } from "../../services/names.ts";
import type { DnsProviderName } from "../../model/vendorNames.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import { findTarget } from "../types/recordData.ts";

/** A CA, by its CAA name, how its order is proved (`dns-01`), and by which account (RFC 8657). */
export interface Issuer {
  readonly domain: string;
  readonly method?: string;
  readonly accountUri?: string;
}

/** A place that is left to others as long as the MX is held: a name, at the mail domain itself its MX alone. */
export interface HeldPlace {
  readonly name: string;
  readonly type?: "MX";
}

/** What is known beside the records. A rule that needs what is not known says nothing. */
export interface RuleFacts {
  /** Mail domain. */
  readonly domain: string;
  /** Apex of the zone that the records are in; the mail domain where absent. */
  readonly zone?: string;
  readonly provider?: DnsProviderName;
  /** Authority that must be able to give the certificate. */
  readonly issuer?: Issuer;
  /** Names of the certificate, `*.example.com` for a wildcard. */
  readonly certificateNames?: readonly string[];
  /** The certificate's order is proved by records in the zone (dns-01), which we write or which are given by hand. */
  readonly ordersByDns?: true;
  /** Places that are left to another mail server until `dns.mx` is `point`; what stands there harms nothing. */
  readonly held?: readonly HeldPlace[];
  /** Families of which an address of the server has a reverse name. */
  readonly reverseFamilies?: readonly ("ipv4" | "ipv6")[];
}

/** Facts with the zone given. */
export type ZoneFacts = RuleFacts & { readonly zone: string };

/** The records and what is known of them. */
export interface ZoneView {
  readonly facts: RuleFacts;
  readonly apex: string;
  readonly at: (name: string) => readonly JudgedRecord[];
  /** Place of each record in the order given, from 0. */
  readonly order: ReadonlyMap<JudgedRecord, number>;
  /** First place of each role. */
  readonly roles: ReadonlyMap<string, number>;
  /** Names with records, and those above them that exist for it (empty non-terminals, RFC 4592 2.2.2). */
  readonly names: ReadonlySet<string>;
  /** Names that mail goes through: those of the services, and the targets of the domain's MX. */
  readonly mailHosts: ReadonlySet<string>;
}

/** The name, and every one above it up to the top. */
export function ancestry(name: string): string[] {
  const labels = name.split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}

/** The name, and every one above it in the zone. */
export function climb(name: string, apex: string): string[] {
  return ancestry(name).filter((one) => one === apex || one.endsWith(`.${apex}`));
}

/** Names with records and those above them: what exists for a wildcard (RFC 4592 2.2.2). */
export function existingNames(names: Iterable<string>): ReadonlySet<string> {
  return new Set([...names].flatMap(ancestry));
}

/** Calls a function when its result is first wanted, and never again. */
function once<Result extends object>(make: () => Result): () => Result {
  let made: Result | undefined;
  return () => (made ??= make());
}

/**
 * Builds the view once for all rules; each look at it takes no longer in a zone of many records. What no rule looks at is
 * not made: of 10,000 records it would be 5 MiB.
 */
export function viewZone(records: readonly JudgedRecord[], facts: RuleFacts): ZoneView {
  const byName = once(() => Map.groupBy(records, ({ name }) => name));
  const at = (name: string) => byName().get(name) ?? [];
  const order = once(() => new Map(records.map((record, index) => [record, index])));
  const roles = once(() => new Map(records.map(({ role = "" }, index) => [role, index] as const).reverse()));
  const names = once(() => existingNames(byName().keys()));
  const mailHosts = once(() => {
    const exchanges = at(facts.domain).flatMap(({ type, value }) =>
      type === "MX" ? [findTarget(type, value)?.name ?? ""] : [],
    );
    const services = Object.values(serviceNames(facts.domain));
    return new Set([facts.domain, returnPathName(facts.domain), ...services, ...exchanges]);
  });
  return {
    facts,
    apex: facts.zone ?? facts.domain,
    at,
    get order() {
      return order();
    },
    get roles() {
      return roles();
    },
    get names() {
      return names();
    },
    get mailHosts() {
      return mailHosts();
    },
  };
}
