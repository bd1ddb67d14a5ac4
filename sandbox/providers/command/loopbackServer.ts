/** An SSH server on loopback that records what it is asked to run, for tests. */
import { ed25519Pair } from "../ed25519.ts";
import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";
import type { ServerChannel, Session } from "ssh2";

/** One command that the server was asked to run. */
export interface RecordedRun {
  readonly command: string;
  readonly stdin: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A server that listens. */
export interface LoopbackServer {
  readonly port: number;
  /** Public host key, one line. */
  readonly hostKey: string;
  /** A private key that it lets in, as it does any other. */
  readonly userKey: string;
  /** Commands in order; `env` is not among them. */
  readonly runs: RecordedRun[];
  stop(): void;
}

/** A new ed25519 public key, one line. */
export function newPublicKey(): string {
  return ed25519Pair(ssh2.utils).public;
}

/**
 * Starts a server. It takes variables whose names begin with `LC_`, as stock servers do. `env` prints them; every
 * other command prints `out` and `err` on its streams and ends with 0, or with 7 when its text begins with `fail`.
 */
export async function startLoopbackServer(): Promise<LoopbackServer> {
  const hostKeys = ed25519Pair(ssh2.utils);
  const runs: RecordedRun[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKeys.private] }, (client) => {
    client.on("error", () => undefined);
    // The method is there, the types do not know it.
    (client as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
    client.on("authentication", (attempt) => {
      if (attempt.method === "publickey") attempt.accept();
      else attempt.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      serve(accept(), runs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: hostKeys.public,
    userKey: ed25519Pair(ssh2.utils).private,
    runs,
    stop: () => server.close(),
  };
}

function serve(session: Session, runs: RecordedRun[]): void {
  const environment: Record<string, string> = {};
  session.on("env", (_accept, reject, { key, val }) => {
    if (key.startsWith("LC_")) environment[key] = val;
    // Absent when the client wants no answer, whatever the types say.
    else (reject as (() => void) | undefined)?.();
  });
  session.on("exec", (accept, _reject, { command }) => {
    const channel = accept();
    let stdin = "";
    channel.on("data", (chunk: Buffer) => (stdin += chunk.toString()));
    channel.on("end", () => {
      if (command !== "env") runs.push({ command, stdin, environment });
      answer(channel, command, environment);
    });
  });
}

function answer(
  channel: ServerChannel,
  command: string,
  environment: Readonly<Record<string, string>>,
): void {
  if (command === "env") {
    for (const [key, value] of Object.entries(environment)) channel.write(`${key}=${value}\n`);
  } else {
    channel.write("out\n");
    channel.stderr.write("err\n");
  }
  channel.exit(command.startsWith("fail") ? 7 : 0);
  channel.end();
}
