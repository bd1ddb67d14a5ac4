/**
 * The containers of the stack, one row each, in the order of the plan.
 *
 * Names, scripts and ports are upstream's (`self-hosting/docker-compose-self-hosted.yml` at 03a0d7a), and so is the start
 * order but for one thing, see {@link AFTER_SMTP}.
 * Everything else follows from here: names, records, certificate, firewall, router, `.env`, containers, settings of mail
 * programs.
 */
import type { Service } from "./service.ts";

const DATABASES = ["mongodb", "redis"] as const;
/**
 * `smtp` runs a new image of the app first. In upstream's file `bree` and `mx` wait for the databases alone, so an image
 * that does not start would replace all three at once, and with `mx` the receiving of mail would be down. Here `up` stops at
 * `smtp`, and `mx` goes on with the old image.
 */
const AFTER_SMTP = [...DATABASES, "smtp"] as const;
const AFTER_SQLITE = [...DATABASES, "sqlite"] as const;

const ROWS = [
  {
    name: "sni-router",
    image: "nginx",
    block: "stream",
    listens: { port: 443, opens: { purpose: "Web interface, API, calendars and contacts" } },
    startsAfter: [],
  },
  {
    name: "web",
    image: "app",
    script: "web.js",
    label: "",
    calledByOthers: true,
    listens: { port: 3000, answers: { https: "/" }, behindRouter: true },
    startsAfter: AFTER_SMTP,
  },
  {
    name: "api",
    image: "app",
    script: "api.js",
    label: "api",
    alias: { purpose: "Programming interface, which the web interface uses", level: "recommended" },
    calledByOthers: true,
    listens: { port: 4000, answers: { https: "/v1/test" }, behindRouter: true },
    startsAfter: AFTER_SMTP,
  },
  { name: "bree", image: "app", script: "bree.js", startsAfter: AFTER_SMTP },
  {
    name: "smtp",
    image: "app",
    script: "smtp.js",
    label: "smtp",
    alias: { purpose: "Sending mail, and the name that the queue greets with", level: "required" },
    calledByOthers: true,
    listens: {
      port: 465,
      answers: "tcp",
      opens: { purpose: "Sending mail over TLS" },
      srv: {
        name: "submission",
        purpose: "Sending mail over TLS",
        denied: "Sending mail without TLS from the start is not offered",
      },
      client: { protocol: "SMTP", direction: "outgoing" },
    },
    startsAfter: DATABASES,
  },
  {
    name: "smtp_bree",
    image: "app",
    script: "smtp-bree.js",
    label: "smtp",
    sendsQueue: true,
    startsAfter: AFTER_SMTP,
  },
  {
    name: "mx",
    image: "app",
    script: "mx.js",
    label: "mx",
    mailboxes: true,
    listens: {
      port: 25,
      answers: "tcp",
      opens: { purpose: "Mail from other servers", waitsForDomain: true },
    },
    startsAfter: AFTER_SMTP,
  },
  {
    name: "sqlite",
    image: "app",
    script: "sqlite.js",
    label: "sqlite",
    calledByOthers: true,
    onlyWith: "mailboxes",
    mailboxes: true,
    listens: { port: 3456, answers: "tls" },
    startsAfter: AFTER_SMTP,
  },
  {
    name: "sqlite_bree",
    image: "app",
    script: "sqlite-bree.js",
    label: "sqlite",
    onlyWith: "mailboxes",
    mailboxes: true,
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "imap",
    image: "app",
    script: "imap.js",
    label: "imap",
    alias: { purpose: "Reading mail", level: "recommended" },
    calledByOthers: true,
    onlyWith: "mailboxes",
    mailboxes: true,
    listens: {
      port: 993,
      answers: "tcp",
      opens: { purpose: "Reading mail over TLS (IMAP)" },
      srv: {
        name: "imap",
        purpose: "Reading mail over TLS",
        denied: "Reading mail without TLS is not offered",
      },
      client: { protocol: "IMAP", direction: "incoming" },
    },
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "pop3",
    image: "app",
    script: "pop3.js",
    label: "pop3",
    alias: { purpose: "Fetching mail", level: "optional" },
    onlyWith: "mailboxes",
    mailboxes: true,
    listens: {
      port: 995,
      answers: "tcp",
      opens: { purpose: "Fetching mail over TLS (POP3)" },
      srv: {
        name: "pop3",
        purpose: "Fetching mail over TLS",
        denied: "Fetching mail without TLS is not offered",
      },
      client: { protocol: "POP3", direction: "incoming" },
    },
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "caldav",
    image: "app",
    script: "caldav.js",
    label: "caldav",
    alias: { purpose: "Calendars", level: "optional" },
    calledByOthers: true,
    onlyWith: "mailboxes",
    listens: {
      port: 5000,
      answers: "tls",
      behindRouter: true,
      srv: {
        name: "caldav",
        purpose: "Calendars over TLS",
        denied: "Calendars without TLS are not offered",
      },
    },
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "carddav",
    image: "app",
    script: "carddav.js",
    label: "carddav",
    alias: { purpose: "Contacts", level: "optional" },
    calledByOthers: true,
    onlyWith: "mailboxes",
    listens: {
      port: 6000,
      answers: "tls",
      behindRouter: true,
      srv: {
        name: "carddav",
        purpose: "Contacts over TLS",
        denied: "Contacts without TLS are not offered",
      },
    },
    startsAfter: AFTER_SQLITE,
  },
  { name: "mongodb", image: "mongo", listens: { port: 27017 }, startsAfter: [] },
  { name: "redis", image: "redis", listens: { port: 6379 }, startsAfter: [] },
  // Serves Mailstead's own small files on the web: upstream's server has no MTA-STS policy. Its port is the next after upstream's.
  {
    name: "well-known",
    image: "nginx",
    block: "http",
    onlyWith: "web-names",
    listens: { port: 7000 },
    startsAfter: [],
  },
] as const satisfies readonly Service[];

/** Every row. */
export const SERVICES: readonly Service[] = ROWS;

/** Name of a container. */
export type ServiceName = (typeof ROWS)[number]["name"];

/** First label of a host name below the domain. */
export type ServiceLabel = Exclude<Extract<(typeof ROWS)[number], { readonly label: string }>["label"], "">;

/** Port that a container listens on. @throws Error where it listens on none */
export function findPort(name: ServiceName): number {
  const port = SERVICES.find((service) => service.name === name)?.listens?.port;
  if (port === undefined) throw new Error(`The table of services has no port of ${name}.`);
  return port;
}
