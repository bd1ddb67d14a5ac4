/**
 * Which Docker daemon to talk to, and how: read from the provider's configuration. Pure.
 *
 * Inputs: `host` (`ssh://user@host:port`, `unix://PATH`, `tcp://host:port`; else DOCKER_HOST, else the local socket),
 * `sshOpts`, `registryAuth`. Lists come as JSON text, as the engine hands provider configuration over.
 */
import type { Known } from "../protocol/handler.ts";
import { isList, isMap } from "../protocol/value.ts";
import type { Value } from "../protocol/value.ts";

/** A daemon reached by the local `ssh` program, which runs `docker system dial-stdio` there. */
export interface SshEndpoint {
  readonly kind: "ssh";
  /** As configured, for messages. */
  readonly url: string;
  readonly user: string | undefined;
  /** Without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Options for `ssh`, one argument an item. */
  readonly options: readonly string[];
}

/** A daemon on a socket of this machine or on a plain TCP port. */
export interface SocketEndpoint {
  readonly kind: "unix" | "tcp";
  readonly url: string;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
}

export type Endpoint = SshEndpoint | SocketEndpoint;

/** User and password for one registry. */
export interface RegistryLogin {
  /** Host of the registry, without scheme. */
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

const LOCAL_SOCKET = "unix:///var/run/docker.sock";

/** Reads the endpoint. Throws when the host's scheme is none of the three or the host is not known yet. */
export function endpointOf(
  config: Known,
  environment: Readonly<Record<string, string | undefined>>,
): Endpoint {
  const host = config.host ?? environment.DOCKER_HOST ?? LOCAL_SOCKET;
  if (typeof host !== "string") throw new Error("the provider's host is not known yet");
  const url = new URL(host);
  if (url.protocol === "unix:") return { kind: "unix", url: host, path: url.pathname };
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? undefined : Number(url.port);
  if (url.protocol === "tcp:") return { kind: "tcp", url: host, host: name, port: port ?? 2375 };
  if (url.protocol !== "ssh:") throw new Error(`unable to parse docker host \`${host}\``);
  const user = url.username === "" ? undefined : decodeURIComponent(url.username);
  return { kind: "ssh", url: host, user, host: name, port, options: texts(decoded(config.sshOpts)) };
}

/** The arguments of `ssh` for an endpoint. */
export function sshArguments(endpoint: SshEndpoint): string[] {
  const user = endpoint.user === undefined ? [] : ["-l", endpoint.user];
  const port = endpoint.port === undefined ? [] : ["-p", `${endpoint.port}`];
  return [...user, ...port, ...endpoint.options, "-T", "--", endpoint.host, "docker", "system", "dial-stdio"];
}

/** The logins for registries that the configuration gives by user and password. */
export function registryLogins(config: Known): RegistryLogin[] {
  const list = decoded(config.registryAuth);
  if (!isList(list)) return [];
  return list.flatMap((item) => {
    if (!isMap(item)) return [];
    const { address, username, password } = item;
    if (typeof address !== "string" || typeof username !== "string" || typeof password !== "string")
      return [];
    return [{ address: address.replace(/^https?:\/\//, "").replace(/\/.*$/, ""), username, password }];
  });
}

function decoded(value: Value | undefined): Value | undefined {
  return typeof value === "string" ? (JSON.parse(value) as Value) : value;
}

function texts(value: Value | undefined): string[] {
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}
