/** The purpose of a record as the comment that providers keep with it. */

/** Longest comment that every plan of Cloudflare takes, in characters; Hetzner's is no shorter. */
export const COMMENT_LIMIT = 100;

/** A purpose within the limit. */
export function shortPurpose(purpose: string): string {
  return purpose.length <= COMMENT_LIMIT ? purpose : `${purpose.slice(0, COMMENT_LIMIT - 1)}…`;
}
