/**
 * A provider plugin as a process: a gRPC server for the engine.
 *
 * A stand-in's `main.ts` is `await serveProvider(definition)`. The engine starts the program with its own address as
 * the argument and reads the port, alone on the first line of standard output.
 */
import { setTimeout as delay } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { engineLog } from "./engineLog.ts";
import type { EngineLog } from "./engineLog.ts";
import type { ProviderDefinition, StartedBy } from "./handler.ts";
import { ProviderService } from "./service.ts";

/** What was answered is with the engine by then. */
const SENT_MS = 200;

/** A provider that listens. */
export interface RunningProvider {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** Ends all calls at once, as the end of a process does. */
  stop(): void;
  /** Resolves when the running calls are done. */
  drain(): Promise<void>;
}

/**
 * Serves a provider on a free port of 127.0.0.1.
 *
 * @param engine where messages go: the engine's address (`127.0.0.1:PORT`) or a function; without it standard error.
 * @param startedBy default: this process.
 */
export async function startProvider(
  provider: ProviderDefinition,
  engine?: string | EngineLog,
  startedBy: StartedBy = { environment: process.env, folder: process.cwd() },
): Promise<RunningProvider> {
  // State may hold whole files, so no message is too large.
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const service = new ProviderService(
    provider,
    typeof engine === "function" ? engine : engineLog(engine),
    startedBy,
  );
  server.addService(providerGrpc.ResourceProviderService, service.methods());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    stop: () => {
      service.kill();
      server.forceShutdown();
    },
    drain: async () => {
      await service.idle();
      // The server's own way waits for its connections too, and for good where one is ending just then.
      const closed = new Promise<void>((resolve) => {
        server.tryShutdown(() => {
          resolve();
        });
      });
      await Promise.race([closed, delay(SENT_MS)]);
    },
  };
}

/** Serves a provider as a plugin process: prints the port, and ends with the engine. */
export async function serveProvider(provider: ProviderDefinition): Promise<void> {
  const running = await startProvider(provider, process.argv[2]);
  // The engine ends a plugin by SIGINT and kills it ten seconds later. A running call is finished first.
  process.on("SIGINT", () => void running.drain().then(() => process.exit(0)));
  const engine = process.ppid;
  setInterval(() => {
    // An engine that was killed cannot end its plugins.
    if (process.ppid !== engine) process.exit(0);
  }, 1000).unref();
  process.stdout.write(`${running.port}\n`);
}
