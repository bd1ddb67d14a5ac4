/**
 * What is known of a DNS provider, as data. One object a provider, in its own folder; `registry.ts` lists them, and what
 * is generic asks there.
 */
import type { Issue } from "../model/issue.ts";
import type { Distribution } from "../model/plan.ts";
import type { DnsProviderName } from "../model/vendorNames.ts";
import type { Reading } from "../values/reading.ts";
import type { Outputs } from "./cloud.ts";
import type { DnsForm } from "./dnsForm.ts";
import type { Sourced } from "./sourced.ts";
import type { TokenPlace } from "./tokenPlaces.ts";

/** A certbot plugin that the distributions maintain. */
export interface DnsAuthenticator {
  /** The plugin's name, from which its options are made: `--NAME`, `--NAME-credentials`, `--NAME-propagation-seconds`. */
  readonly name: string;
  /** Package of the first boot. */
  readonly package: string;
  /** Distributions that have it. */
  readonly distributions: readonly Distribution[];
  /** Logical name of the credentials file in the plan. */
  readonly role: string;
  /** Credentials file on the host, readable for root alone. */
  readonly credentials: string;
  /** Key of the token in that file. */
  readonly tokenKey: string;
  /** Forward Email's own scripts know the provider, and read this file. */
  readonly isInGuide?: true;
}

/** Most that a provider takes. */
export interface Limit extends Sourced {
  readonly most: number;
}

/** What a provider takes. What is absent has no limit that is known. */
export interface ProviderLimits {
  /** Seconds. */
  readonly ttl: Limit & { readonly least: number };
  /** Types of records. */
  readonly types: Sourced & { readonly offered: readonly string[] };
  /** Bytes of one text. */
  readonly text?: Limit;
  /** Characters of all data at one name and type. */
  readonly set?: Limit;
  /** Characters of a comment, on the smallest plan. */
  readonly comment?: Limit;
  /** Records of a zone, on the smallest plan. */
  readonly records?: Limit;
  /** Tags of CAA records. */
  readonly caaTags?: Sourced & { readonly offered: readonly string[] };
  /** `.` in place of a host cannot be kept (null MX, service not offered). */
  readonly noRootTarget?: Sourced;
}

/** What people need to hear of a provider. */
export interface ProviderAdvice {
  /** How a token is made that is enough. */
  readonly makeToken: string;
  /** How the provider comes to have the zone, and the token to see it. */
  readonly addZone: (zone: string) => string;
  /** What to do about a zone whose state is not well. @param nameServers ` (ONE, OTHER)`, or nothing */
  readonly mendZone: (nameServers: string) => string;
}

/** A provider that holds zones. */
export interface DnsProvider {
  readonly name: DnsProviderName;
  /** As it writes itself. */
  readonly title: string;
  readonly token: TokenPlace;
  /** Wire form of its records. */
  readonly form: DnsForm<unknown>;
  /** Type token of the resource that holds a record, or a set of them. */
  readonly resourceType: string;
  /** The id in the state of what is imported by this one. */
  readonly stateId: (importId: string) => string;
  /** Records of one name and type are one thing there, and each write writes all of it. Absent: each stands by itself. */
  readonly sets?: Sourced;
  /** It keeps a comment with each record, by which ours are known. */
  readonly comments: boolean;
  /** It can answer with addresses of its own in place of those of a record. */
  readonly proxy?: Sourced;
  /** What becomes of a TTL that is left to it. */
  readonly automaticTtl: {
    /** Seconds that its API answers then; absent where it tells that none was set. */
    readonly answered?: number;
    /** For people: `300 seconds`. */
    readonly inWords: string;
  };
  /** A zone has an id of the provider's own beside its name, which a configuration may give. */
  readonly readZoneId?: (text: string) => Reading<string>;
  /** That id, as the state has it with a record. */
  readonly zoneIdIn?: (outputs: Outputs) => string | undefined;
  /** What it says to a zone below a registrable domain; absent where it takes it. */
  readonly zoneBelow?: Pick<Issue, "severity" | "message" | "source">;
  /** How certbot writes the records of a dns-01 order; absent where no distribution has a plugin for it. */
  readonly authenticator?: DnsAuthenticator;
  readonly limits: ProviderLimits;
  readonly advice: ProviderAdvice;
}
