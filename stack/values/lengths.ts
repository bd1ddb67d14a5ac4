/** Lengths that others set, each in one place, with who says so and what becomes of what is longer. */

/** How long a thing may be. */
export interface Length {
  /** Most bytes. */
  readonly most: number;
  /** What it is the length of, in words that follow "the". */
  readonly of: string;
  readonly source: string;
  /** What keeps to it. */
  readonly kept: string;
}

export const LENGTHS = {
  hostName: {
    most: 64,
    of: "host name of a machine or container",
    source: "gethostname(2): HOST_NAME_MAX",
    kept: "a mail domain under which a service's name would be longer is refused: 56 bytes with mailboxes, 59 without",
  },
  commonName: {
    most: 64,
    of: "common name of a certificate",
    source: "RFC 5280 A.1: ub-common-name",
    kept: "by the limit of host names, which the domain itself is below",
  },
  dnsName: {
    most: 253,
    of: "name in the DNS",
    source: "RFC 1035 2.3.4",
    kept: "longer names are refused, those of DKIM selectors and of your own records too",
  },
  label: {
    most: 63,
    of: "label of a name, between two dots",
    source: "RFC 1035 2.3.4",
    kept: "longer labels are refused",
  },
  hashedName: {
    most: 253,
    of: "name that nginx serves files under",
    source: "nginx.org, Server names: server_names_hash_bucket_size",
    kept: "nginx gets room for the longest name of the DNS; its default ends at some 46 bytes",
  },
  localPart: {
    most: 64,
    of: "part of a mail address before the @",
    source: "RFC 5321 4.5.3.1.1",
    kept: "longer ones are refused",
  },
  mailAddress: {
    most: 254,
    of: "mail address",
    source: "RFC 5321 4.5.3.1.3, a path with its brackets",
    kept: "longer ones are refused",
  },
  stackName: {
    most: 63,
    of: "name of the stack, which is a label at the vendor",
    source: "docs.hetzner.cloud, Labels",
    kept: "a stack with a longer name is refused before anything is asked of a vendor",
  },
} as const satisfies Readonly<Record<string, Length>>;
