/**
 * The containers.
 *
 * Names, commands, ports, mounts and order are upstream's (`self-hosting/docker-compose-self-hosted.yml` at
 * 03a0d7a). Ours differ in four things: databases listen on loopback alone, Mongo's data is a folder beside the
 * others and no named volume, Redis does not get `.env` as its environment (it reads nothing of it, and an environment is
 * seen by whoever may ask the daemon), and each container has the least rights that work.
 */
import type { Config } from "../model/config.ts";
import type { PlannedContainer, PlannedMount } from "../model/plan.ts";
import {
  appIsWell,
  httpsAnswers,
  mongoAnswers,
  redisAnswers,
  tcpAnswers,
  tlsAnswers,
} from "./healthChecks.ts";
import { DATA, ENV_FILE, ENV_IN_APP, NGINX_CONF, SQLITE_STORAGE_PATH, SSL } from "./paths.ts";
import { appRights, MONGO_RIGHTS, nginxRights, REDIS_RIGHTS } from "./rights.ts";
import type { ServiceName } from "../services/names.ts";
import { serviceNames, webNames, WELL_KNOWN } from "../services/names.ts";
import { CERTIFICATES_IN_NGINX, hasOwnFiles, wellKnownFiles, WELL_KNOWN_PORT } from "./wellKnown.ts";

const LOOPBACK = "127.0.0.1";

const CERTIFICATES: PlannedMount = { hostPath: SSL, containerPath: "/app/ssl", readOnly: true };
const ENVIRONMENT: PlannedMount = { hostPath: ENV_FILE, containerPath: ENV_IN_APP, readOnly: true };
const MAILBOXES: PlannedMount = {
  hostPath: DATA.sqlite,
  containerPath: `/mnt/${SQLITE_STORAGE_PATH}`,
  readOnly: false,
};

interface AppService {
  readonly name: string;
  /** File that Node runs. */
  readonly script: string;
  /** Whose host name it bears; `domain` for the domain itself; none: the host's. */
  readonly hostname?: ServiceName | "domain";
  readonly port?: number;
  /** How it shows that it serves; the jobs serve nobody. */
  readonly answers?: string;
  readonly mailboxes?: true;
  /** Is there only with mailboxes. */
  readonly storage?: true;
  readonly startsAfter: readonly string[];
}

const DATABASES = ["mongodb", "redis"] as const;
const AFTER_SMTP = [...DATABASES, "smtp"] as const;
const AFTER_SQLITE = [...DATABASES, "sqlite"] as const;

const APP_SERVICES: readonly AppService[] = [
  {
    name: "web",
    script: "web.js",
    hostname: "domain",
    port: 3000,
    answers: httpsAnswers(3000, "/"),
    startsAfter: AFTER_SMTP,
  },
  {
    name: "api",
    script: "api.js",
    hostname: "api",
    port: 4000,
    answers: httpsAnswers(4000, "/v1/test"),
    startsAfter: AFTER_SMTP,
  },
  { name: "bree", script: "bree.js", startsAfter: DATABASES },
  {
    name: "smtp",
    script: "smtp.js",
    hostname: "smtp",
    port: 465,
    answers: tcpAnswers(465),
    startsAfter: DATABASES,
  },
  { name: "smtp_bree", script: "smtp-bree.js", hostname: "smtp", startsAfter: AFTER_SMTP },
  {
    name: "mx",
    script: "mx.js",
    hostname: "mx",
    port: 25,
    answers: tcpAnswers(25),
    mailboxes: true,
    startsAfter: DATABASES,
  },
  {
    name: "sqlite",
    script: "sqlite.js",
    hostname: "sqlite",
    port: 3456,
    answers: tlsAnswers(3456),
    mailboxes: true,
    storage: true,
    startsAfter: AFTER_SMTP,
  },
  {
    name: "sqlite_bree",
    script: "sqlite-bree.js",
    hostname: "sqlite",
    mailboxes: true,
    storage: true,
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "imap",
    script: "imap.js",
    hostname: "imap",
    port: 993,
    answers: tcpAnswers(993),
    mailboxes: true,
    storage: true,
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "pop3",
    script: "pop3.js",
    hostname: "pop3",
    port: 995,
    answers: tcpAnswers(995),
    mailboxes: true,
    storage: true,
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "caldav",
    script: "caldav.js",
    hostname: "caldav",
    port: 5000,
    answers: tlsAnswers(5000),
    storage: true,
    startsAfter: AFTER_SQLITE,
  },
  {
    name: "carddav",
    script: "carddav.js",
    hostname: "carddav",
    port: 6000,
    answers: tlsAnswers(6000),
    storage: true,
    startsAfter: AFTER_SQLITE,
  },
];

function servicesOf(storage: boolean): readonly AppService[] {
  return APP_SERVICES.filter((service) => storage || service.storage !== true);
}

function hostNameOf({ hostname }: AppService, domain: string): string | undefined {
  return hostname === "domain" ? domain : hostname && serviceNames(domain)[hostname];
}

/** Host names that the machine and its containers bear. */
export function hostNames(domain: string, storage: boolean): readonly string[] {
  const own = servicesOf(storage).flatMap((service) => hostNameOf(service, domain) ?? []);
  return [...new Set([serviceNames(domain).mx, ...own])];
}

/** Names that containers talk to among themselves: by loopback, so no talk leaves the host or waits for the DNS. */
function loopbackNames(domain: string, storage: boolean): Readonly<Record<string, string>> {
  const { api, caldav, carddav, imap, smtp, sqlite } = serviceNames(domain);
  const names = storage ? [domain, api, caldav, carddav, imap, smtp, sqlite] : [domain, api, smtp];
  return Object.fromEntries(names.map((name) => [name, LOOPBACK]));
}

function appContainer(
  service: AppService,
  domain: string,
  hosts: Readonly<Record<string, string>>,
): PlannedContainer {
  const { port } = service;
  const ports = port === undefined ? [] : [port];
  const mounts = [CERTIFICATES, ENVIRONMENT, ...(service.mailboxes === true ? [MAILBOXES] : [])];
  const ownName = hostNameOf(service, domain);
  return {
    name: service.name,
    image: "app",
    command: ["node", service.script],
    rights: appRights(ports),
    ...(ownName === undefined ? {} : { hostname: ownName }),
    ports,
    environment: {},
    reads: ["env", "dkim-key"],
    mounts,
    hosts,
    healthCheck: appIsWell(domain, service.answers),
    startsAfter: service.startsAfter,
    stopTimeoutSeconds: 15,
  };
}

const PLAIN = { environment: {}, hosts: {}, startsAfter: [] } as const;

const ROUTER: PlannedContainer = {
  ...PLAIN,
  name: "sni-router",
  image: "nginx",
  command: ["nginx", "-g", "daemon off;"],
  rights: nginxRights([443], "stream"),
  ports: [443],
  reads: ["nginx-conf"],
  mounts: [{ hostPath: NGINX_CONF, containerPath: "/etc/nginx/nginx.conf", readOnly: true }],
  stopTimeoutSeconds: 10,
};

const MONGO: PlannedContainer = {
  ...PLAIN,
  name: "mongodb",
  image: "mongo",
  command: ["mongod", "--bind_ip", LOOPBACK],
  rights: MONGO_RIGHTS,
  ports: [27017],
  reads: [],
  mounts: [
    { hostPath: DATA.mongo, containerPath: "/data/db", readOnly: false },
    { hostPath: DATA.mongoBackups, containerPath: "/backups", readOnly: false },
  ],
  healthCheck: mongoAnswers,
  stopTimeoutSeconds: 60,
};

const REDIS: PlannedContainer = {
  ...PLAIN,
  name: "redis",
  image: "redis",
  command: ["redis-server", "--bind", LOOPBACK],
  rights: REDIS_RIGHTS,
  ports: [6379],
  reads: [],
  mounts: [{ hostPath: DATA.redis, containerPath: "/data", readOnly: false }],
  healthCheck: redisAnswers,
  stopTimeoutSeconds: 30,
};

/** Serves Mailstead's own small files on the web: upstream's server has no MTA-STS policy. */
function wellKnownContainer(config: Config): PlannedContainer[] {
  const files = wellKnownFiles(config);
  if (files.length === 0) return [];
  return [
    {
      ...PLAIN,
      name: WELL_KNOWN,
      image: "nginx",
      command: ["nginx", "-g", "daemon off;"],
      rights: nginxRights([WELL_KNOWN_PORT], "http"),
      ports: [WELL_KNOWN_PORT],
      reads: files.map(({ role }) => role),
      mounts: [
        { ...CERTIFICATES, containerPath: CERTIFICATES_IN_NGINX },
        ...files.map(({ path, containerPath }) => ({ hostPath: path, containerPath, readOnly: true })),
      ],
      stopTimeoutSeconds: 10,
    },
  ];
}

/** Plans fifteen containers, or nine without mailboxes; one more where there are files of our own on the web. */
export function planContainers(config: Config): readonly PlannedContainer[] {
  const { domain, mail } = config;
  const hosts = loopbackNames(domain, mail.storage);
  const apps = servicesOf(mail.storage).map((service) => appContainer(service, domain, hosts));
  return [ROUTER, ...apps, MONGO, REDIS, ...wellKnownContainer(config)];
}

/** Containers that read the certificate, and so start anew with each one. */
export function certificateReaders({ mail, dns }: Pick<Config, "mail" | "dns">): readonly string[] {
  const apps = servicesOf(mail.storage)
    .filter(({ port }) => port !== undefined)
    .map(({ name }) => name);
  return webNames(dns).some(hasOwnFiles) ? [...apps, WELL_KNOWN] : apps;
}
