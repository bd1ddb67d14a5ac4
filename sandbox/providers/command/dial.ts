/** Dialling over SSH, again and again until the limit. */
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "ssh2";
import type { ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import { parseHostKey } from "./connection.ts";
import type { Connection } from "./connection.ts";

const FIRST_DELAY_MS = 100;
const BACKOFF = 1.5;
const LONGEST_DELAY_MS = 5000;

/** What a dial may use beside the settings. */
export interface DialContext {
  readonly signal: AbortSignal;
  /** Told of each failed dial: `Dial 1/60 failed: retrying`. */
  retrying(message: string): void;
}

/** Milliseconds between the failed dial of this number (from 1) and the next. */
export function retryDelay(dials: number): number {
  return Math.min(FIRST_DELAY_MS * BACKOFF ** (dials - 1), LONGEST_DELAY_MS);
}

/**
 * Connects. After `dialErrorLimit` failures one more dial is made, then it throws
 * `after N failed attempts: REASON`. A wrong host key or a refused login counts like any failure.
 */
export async function dial(connection: Connection, context: DialContext): Promise<Client> {
  const { dialErrorLimit } = connection;
  const config = connectConfig(connection);
  for (let dials = 1; ; dials++) {
    try {
      return await dialOnce(connection, config, context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      if (dialErrorLimit > -1 && dials > dialErrorLimit) {
        throw new Error(`after ${dials} failed attempts: ${reason}`, { cause: error });
      }
      context.retrying(`Dial ${dials}/${dialErrorLimit === -1 ? "inf" : dialErrorLimit} failed: retrying`);
    }
    await delay(retryDelay(dials), undefined, { signal: context.signal });
  }
}

function connectConfig(connection: Connection): ConnectConfig {
  const { host, port, user: username, privateKey, privateKeyPassword, password, hostKey } = connection;
  const pinned = hostKey === undefined ? undefined : parseHostKey(hostKey);
  return {
    host,
    port,
    username,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword }),
    ...(password === undefined ? {} : { password }),
    // Only the pinned kind of key is asked for, so that a server with several shows the right one.
    ...(pinned && { algorithms: { serverHostKey: [pinned.algorithm as ServerHostKeyAlgorithm] } }),
    hostVerifier: (key: Buffer) => pinned?.blob.equals(key) ?? true,
    readyTimeout: connection.perDialTimeout * 1000,
  };
}

async function dialOnce(connection: Connection, config: ConnectConfig, signal: AbortSignal): Promise<Client> {
  const client = new Client();
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const abort = (): void => {
    client.destroy();
    reject(signal.reason as Error);
  };
  signal.addEventListener("abort", abort, { once: true });
  // Small packets must not wait for an answer to the ones before: a connection took 0.3 s longer so.
  client.on("connect", () => client.setNoDelay(true));
  client.on("ready", () => {
    resolve(client);
  });
  // Stays for the life of the connection: an error without a listener would end the plugin.
  client.on("error", (error: Error & { level?: string; code?: string }) => {
    reject(new Error(describe(error, connection), { cause: error }));
  });
  client.on("close", () => {
    reject(new Error("ssh: handshake failed: EOF"));
  });
  try {
    client.connect(config);
    return await promise;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

const SOCKET_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "i/o timeout",
};

/** The words of the real plugin for an error of the library. */
function describe(error: Error & { level?: string; code?: string }, connection: Connection): string {
  const host = connection.host.includes(":") ? `[${connection.host}]` : connection.host;
  const address = `dial tcp ${host}:${connection.port}`;
  const known = SOCKET_ERRORS[error.code ?? ""];
  if (known !== undefined) return `${address}: ${known}`;
  if (error.level === "client-timeout") return `${address}: i/o timeout`;
  if (error.level === "client-authentication") {
    return "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain";
  }
  if (/host denied|verification failed/i.test(error.message)) {
    return "ssh: handshake failed: ssh: host key mismatch";
  }
  if (error.level === "handshake" || error.level === "protocol") {
    return `ssh: handshake failed: ${error.message}`;
  }
  return `${address}: ${error.message}`;
}
