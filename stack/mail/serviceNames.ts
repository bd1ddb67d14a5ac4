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
