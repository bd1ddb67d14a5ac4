/** The key that signs the mail of the domain's users, where the deploy makes it. */

/** Its selector. The first letters are upstream's, by which a key of a domain's own is told from others. */
export const DOMAIN_SELECTOR = "fe-mailstead";
