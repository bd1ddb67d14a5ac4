/** The text of a token, as it was given: what a copy, a file of another system or `echo` put around it. */

/** Why a text cannot be a token; undefined where nothing speaks against it. The text itself is never repeated. */
export function tokenFault(text: string): string | undefined {
  if (/[\r\n]$/.test(text)) return "ends in a line end";
  if (/^\s|\s$/.test(text)) return "has blanks around it";
  if (/^(["'`]).*\1$/s.test(text)) return "stands in quotes, which are part of it";
  // It travels in a header, which has visible ASCII alone (RFC 6750 2.1).
  return /^[\x21-\x7e]*$/.test(text) ? undefined : "holds a character that no token has";
}

/** What to do about a place whose token is not good as it is. @param place a variable, or a key of the configuration. */
export function tokenFix(place: string): string {
  return place.includes(":")
    ? `set it anew, without anything around it: pulumi config set --secret ${place}`
    : `export it without anything around it: export ${place}="$(printf %s "$${place}" | tr -d '[:space:]\\042\\047')"`;
}
