/** What every process of the stand-in does alike: log, listen with the certificate, and end when asked to. */
import { readFileSync } from "node:fs";
import {
  createServer as createPlainServer,
  type RequestListener,
  type Server as PlainServer,
} from "node:http";
import { createServer, type Server } from "node:https";
import type { Settings } from "./settings.ts";

/** Writes one line of JSON to standard output. Callers give no secret and no message text. */
export function log(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const service = process.argv[1]?.split("/").at(-1)?.replace(".js", "") ?? "app";
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), service, event, ...fields })}\n`);
}

/** Key and certificate in PEM. */
export interface Tls {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Reads key and certificate of a service, or ends the process with the reason. Nothing where TLS is not asked for. */
export function readTls(settings: Settings, service: string): Tls | undefined {
  const files = settings.tlsFiles(service);
  if (files === undefined) return undefined;
  try {
    return { key: readFileSync(files.key), cert: readFileSync(files.certificate) };
  } catch (error) {
    process.stderr.write(`no certificate for ${service}: ${reasonOf(error)}\n`);
    process.exit(78);
  }
}

/** A web server, with TLS where there is a certificate. */
export function webServer(tls: Tls | undefined, answer: RequestListener): Server | PlainServer {
  return tls === undefined ? createPlainServer(answer) : createServer(tls, answer);
}

/** What all servers have in common. */
interface Listener {
  listen(port: number, host: string, ready: () => void): unknown;
  on(event: "error", told: (error: Error) => void): unknown;
}

/** Listens on both families. A port that is taken ends the process. */
export async function listen(server: Listener, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, "::", resolve);
  });
  log("listening", { port });
}

/** Ends at once when the container is stopped: what must not be lost is in the databases before it is acknowledged. */
export function endOnSignal(): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
}

/** Runs a job again and again, with a pause between; a failure is logged and tried again. */
export function every(seconds: number, name: string, job: () => Promise<void>): void {
  const round = async (): Promise<void> => {
    try {
      await job();
    } catch (error) {
      log(`${name} failed`, { reason: reasonOf(error) });
    }
    setTimeout(() => void round(), seconds * 1000);
  };
  void round();
}

/** An error as one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
