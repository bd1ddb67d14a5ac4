/** Host names of the services under a mail domain. */

export type ServiceName = "api" | "caldav" | "carddav" | "imap" | "mx" | "pop3" | "smtp" | "sqlite";

/** Every service with its host name. `sqlite` is reached on the host alone and has no record. */
export function serviceNames(domain: string): Readonly<Record<ServiceName, string>> {
  return {
    api: `api.${domain}`,
    caldav: `caldav.${domain}`,
    carddav: `carddav.${domain}`,
    imap: `imap.${domain}`,
    mx: `mx.${domain}`,
    pop3: `pop3.${domain}`,
    smtp: `smtp.${domain}`,
    sqlite: `sqlite.${domain}`,
  };
}

/** Names on the web that are there when they are switched on; the router knows them by this first label. */
export const WEB_NAMES = ["mta-sts", "autoconfig", "autodiscover"] as const;
export type WebName = (typeof WEB_NAMES)[number];

/** What switches them on. */
export interface WebSwitches {
  readonly mtaSts: { readonly mode: string };
  readonly autoconfig: boolean;
  readonly autodiscover: boolean;
}

/** Labels of the web names that are switched on. */
export function webNames({ mtaSts, autoconfig, autodiscover }: WebSwitches): readonly WebName[] {
  const on = { "mta-sts": mtaSts.mode !== "off", autoconfig, autodiscover };
  return WEB_NAMES.filter((name) => on[name]);
}

/** Container that serves small files of Mailstead's own under some of them. */
export const WELL_KNOWN = "well-known";
