/** Aliases of the domain that are made for every server, beside the mailboxes of the configuration. */

/** What each is for. `support` is the sender of the server's own mail, and so has a password; the others forward. */
export const OWN_ALIASES = {
  support: { purpose: "sender of the server's own mail: password resets, notices" },
  postmaster: { purpose: "RFC 5321 4.5.1 wants it at every mail domain" },
  abuse: { purpose: "complaints of others (RFC 2142 4)" },
  dmarc: { purpose: "reports of others on mail of the domain" },
} as const;

/** Name of such an alias. */
export type OwnAlias = keyof typeof OWN_ALIASES;

/** Names of all of them, in the order in which they are made. */
export const OWN_ALIAS_NAMES = Object.keys(OWN_ALIASES) as readonly OwnAlias[];
