/** Records as any zone may hold them, ours or not, in one canonical form: what every comparison works on. */

/**
 * One record of a zone.
 *
 * Two records say the same when `name`, `type` and `value` are equal as text.
 */
export interface ZoneRecord {
  /** Lower-case ASCII FQDN without a final dot. */
  readonly name: string;
  /** Upper-case type, also one that cannot be declared: `A`, `TXT`, `SSHFP`. */
  readonly type: string;
  /** Seconds; `"auto"` where the provider decides. */
  readonly ttlSeconds: number | "auto";
  /**
   * Canonical data: addresses in the shortest form (RFC 5952), targets as lower-case FQDNs without a final dot, a TXT
   * as its one joined text without quotes, `0 mx.example.com` for MX, `0 1 993 imap.example.com` for SRV,
   * `0 issue letsencrypt.org` for CAA; other types as the zone file has them, with single spaces.
   */
  readonly value: string;
}

/** A record as a provider's API answers it. */
export interface ProviderRecord extends ZoneRecord {
  /** Id as `pulumi import` takes it. */
  readonly importId: string;
  /** Where it can: the provider answers with its own addresses. */
  readonly proxied?: boolean;
  readonly comment?: string;
  /** The provider made it itself and keeps it: SOA, apex NS, Email Routing. */
  readonly providerOwned?: true;
  /** Product of the provider that made it, keeps it locked, and takes it away when it is switched off. */
  readonly madeBy?: string;
}

/** Records of one name and type, as resolvers see them (RFC 2181 5). */
export interface RecordSet {
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number | "auto";
  /** Canonical data, sorted, each once. */
  readonly values: readonly string[];
}
