/**
 * The containers, made from the table of services.
 *
 * Commands and mounts are upstream's (`self-hosting/docker-compose-self-hosted.yml` at
 * 03a0d7a). Ours differ in six things: databases listen on loopback alone, Mongo's cache has a limit, Mongo's data is a folder beside the
 * others and no named volume, Redis does not get `.env` as its environment (it reads nothing of it, and an environment is
 * seen by whoever may ask the daemon), each container has the least rights that work, and what works the outbound queue off waits
 * where that of a restored snapshot is to be held first.
 */
import type { Config } from "../model/config.ts";
import type { PlannedContainer, PlannedMount } from "../model/plan.ts";
import { selectServices } from "../services/activeServices.ts";
import { nameHost } from "../services/names.ts";
import type { AppService, DatabaseService, NginxService, Service } from "../services/service.ts";
import { appIsWell, mongoAnswers, portAnswers, redisAnswers } from "./healthChecks.ts";
import { DATA, ENV_FILE, ENV_IN_APP, NGINX_CONF, SQLITE_STORAGE_PATH, SSL } from "../host/paths.ts";
import { appRights, MONGO_RIGHTS, nginxRights, REDIS_RIGHTS } from "./rights.ts";
import { afterQueueHold } from "./queueHold.ts";
import { CERTIFICATES_IN_NGINX, wellKnownFiles } from "./wellKnown.ts";

const LOOPBACK = "127.0.0.1";

const CERTIFICATES: PlannedMount = { hostPath: SSL, containerPath: "/app/ssl", readOnly: true };
const ENVIRONMENT: PlannedMount = { hostPath: ENV_FILE, containerPath: ENV_IN_APP, readOnly: true };
const MAILBOXES: PlannedMount = {
  hostPath: DATA.sqlite,
  containerPath: `/mnt/${SQLITE_STORAGE_PATH}`,
  readOnly: false,
};

function listPorts({ listens }: Service): readonly number[] {
  return listens === undefined ? [] : [listens.port];
}

/**
 * Names that containers talk to among themselves: by loopback, so no talk leaves the host or waits for the DNS. In the
 * order of their labels.
 */
function loopbackNames(services: readonly Service[], domain: string): Readonly<Record<string, string>> {
  const called = services.filter(({ calledByOthers }) => calledByOthers === true);
  const sorted = called.toSorted((a, b) => ((a.label ?? "") < (b.label ?? "") ? -1 : 1));
  return Object.fromEntries(sorted.map((service) => [nameHost(service, domain), LOOPBACK]));
}

function appContainer(
  service: AppService,
  config: Config,
  hosts: Readonly<Record<string, string>>,
): PlannedContainer {
  const { domain } = config;
  const ports = listPorts(service);
  const plainCommand = ["node", service.script];
  const { command, mounts } =
    service.sendsQueue === true
      ? afterQueueHold(config, plainCommand)
      : { command: plainCommand, mounts: service.mailboxes === true ? [MAILBOXES] : [] };
  return {
    name: service.name,
    image: "app",
    command,
    rights: appRights(ports),
    ...(service.label === undefined ? {} : { hostname: nameHost(service, domain) }),
    ports,
    environment: {},
    reads: ["env", "dkim-key"],
    mounts: [CERTIFICATES, ENVIRONMENT, ...mounts],
    hosts,
    healthCheck: appIsWell(domain, service.listens && portAnswers(service.listens)),
    startsAfter: service.startsAfter,
    stopTimeoutSeconds: 15,
  };
}

/** What both kinds of container have that know nothing of Forward Email. */
function plain({ name, startsAfter }: Service) {
  return { environment: {}, hosts: {}, startsAfter, name } as const;
}

/** A router reads its settings alone; a server of files reads those and the files, and has the certificate. */
function nginxContainer(service: NginxService, config: Config): PlannedContainer {
  const served = service.block === "http";
  const files = served
    ? wellKnownFiles(config)
    : [{ role: "nginx-conf", path: NGINX_CONF, containerPath: "/etc/nginx/nginx.conf" }];
  const ports = listPorts(service);
  return {
    ...plain(service),
    image: "nginx",
    command: ["nginx", "-g", "daemon off;"],
    rights: nginxRights(ports, service.block),
    ports,
    reads: files.map(({ role }) => role),
    mounts: [
      ...(served ? [{ ...CERTIFICATES, containerPath: CERTIFICATES_IN_NGINX }] : []),
      ...files.map(({ path, containerPath }) => ({ hostPath: path, containerPath, readOnly: true })),
    ],
    stopTimeoutSeconds: 10,
  };
}

type DatabaseForm = Pick<
  PlannedContainer,
  "command" | "rights" | "mounts" | "healthCheck" | "stopTimeoutSeconds"
>;

const MIB_A_GB = 1024;

const DATABASES: Readonly<Record<DatabaseService["image"], DatabaseForm>> = {
  mongo: {
    command: ["mongod", "--bind_ip", LOOPBACK],
    rights: MONGO_RIGHTS,
    mounts: [
      { hostPath: DATA.mongo, containerPath: "/data/db", readOnly: false },
      { hostPath: DATA.mongoBackups, containerPath: "/backups", readOnly: false },
    ],
    healthCheck: mongoAnswers,
    stopTimeoutSeconds: 60,
  },
  redis: {
    command: ["redis-server", "--bind", LOOPBACK],
    rights: REDIS_RIGHTS,
    mounts: [{ hostPath: DATA.redis, containerPath: "/data", readOnly: false }],
    healthCheck: redisAnswers,
    stopTimeoutSeconds: 30,
  },
};

/** What a database is told of the memory of this server. */
function memoryOptions(image: DatabaseService["image"], { mail }: Config): readonly string[] {
  return image === "mongo" ? ["--wiredTigerCacheSizeGB", String(mail.mongoCacheMib / MIB_A_GB)] : [];
}

function databaseContainer(service: DatabaseService, config: Config): PlannedContainer {
  const { command, rights, ...form } = DATABASES[service.image];
  const { image } = service;
  return {
    ...plain(service),
    image,
    command: [...command, ...memoryOptions(image, config)],
    rights,
    ports: listPorts(service),
    reads: [],
    ...form,
  };
}

/** Plans one container for each row of the table that the configuration asks for. */
export function planContainers(config: Config): readonly PlannedContainer[] {
  const services = selectServices(config);
  const hosts = loopbackNames(services, config.domain);
  return services.map((service) => {
    switch (service.image) {
      case "app":
        return appContainer(service, config, hosts);
      case "nginx":
        return nginxContainer(service, config);
      case "mongo":
      case "redis":
        return databaseContainer(service, config);
    }
  });
}

/** Containers that read the certificate, and so start anew with each one: they speak TLS themselves. */
export function certificateReaders(config: Pick<Config, "mail" | "dns">): readonly string[] {
  const speaksTls = (service: Service) =>
    service.image === "app" || (service.image === "nginx" && service.block === "http");
  return selectServices(config)
    .filter((service) => service.listens !== undefined && speaksTls(service))
    .map(({ name }) => name);
}
