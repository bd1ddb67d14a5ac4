/** What was seen of the chain of trust of a zone. */
import type { DnskeyData, DsData } from "dns-packet";

/** Keys of the zone as one of its servers has them. */
export interface KeysAt {
  /** As reports name it: `ns1.example.net (192.0.2.53)`. */
  readonly server: string;
  readonly keys: readonly DnskeyData[];
}

export interface DnssecSeen {
  /** DS records in the zone above; absent where none of its servers had a word on them. */
  readonly ds: readonly DsData[] | undefined;
  /** Of servers that had a word on them. */
  readonly keys: readonly KeysAt[];
  /** Resolvers that fail the zone, and answer as soon as they are told not to validate (RFC 4035 3.2.2). */
  readonly failing: readonly string[];
  /** Resolvers that say that the data is authentic. */
  readonly validating: readonly string[];
}
