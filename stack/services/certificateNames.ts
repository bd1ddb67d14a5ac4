/** Names that the certificate must have. */
import type { Config } from "../model/config.ts";
import { serviceNames, type WebName } from "./names.ts";

/**
 * Names of the certificate.
 *
 * A dns-01 order takes the wildcard, so a new service needs no new certificate; http-01 cannot (RFC 8555 8.3), so
 * every name is listed. A certificate from elsewhere must cover the same list.
 */
export function certificateNames(
  domain: string,
  storage: boolean,
  method: Config["certificates"]["method"],
  web: readonly WebName[],
): readonly string[] {
  if (method === "dns-01" || method === "manual") return [domain, `*.${domain}`];
  const names = serviceNames(domain);
  const mailboxes = storage ? [names.imap, names.pop3, names.caldav, names.carddav] : [];
  const switched = web.map((label) => `${label}.${domain}`);
  return [domain, names.mx, names.smtp, names.api, ...mailboxes, ...switched];
}
