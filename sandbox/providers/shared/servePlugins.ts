/**
 * Plugins for whoever asks on a port of 127.0.0.1, all in this process: to start one of its own for each of them was a seventh
 * of what all tests take.
 *
 * A launcher (`install.ts`) is in a plugin's place as the engine starts it. It sends `NAME PID ENGINE`, gets the port of a
 * gRPC server that is its own, and `drain` from it has that finish its calls. When its connection ends, so does the plugin.
 */
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createInterface } from "node:readline";
import type { ProviderDefinition } from "../protocol/handler.ts";
import { startProvider } from "../protocol/server.ts";
import type { RunningProvider } from "../protocol/server.ts";
import { readParent, readStarter } from "./starter.ts";

const LOOK_EVERY_MS = 1000;

type Definitions = Readonly<Record<string, () => ProviderDefinition>>;

/** Serves until it is closed. @param port 0: any */
export function servePlugins(definitions: Definitions, port: number): Promise<Server> {
  const server = createServer((socket) => {
    serveLauncher(definitions, socket);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      resolve(server);
    });
  });
}

function serveLauncher(definitions: Definitions, socket: Socket): void {
  let plugin: Promise<RunningProvider> | undefined;
  const fail = (error: unknown): void => {
    console.error(error);
    socket.destroy();
  };
  // A launcher that was killed.
  socket.on("error", () => undefined);
  socket.on(
    "close",
    () =>
      void plugin
        ?.then((running) => {
          running.stop();
        })
        .catch(fail),
  );
  createInterface({ input: socket }).on("line", (line) => {
    if (plugin === undefined) {
      plugin = begin(definitions, socket, line);
      plugin.then(({ port }) => socket.write(`${String(port)}\n`), fail);
    } else if (line === "drain") plugin.then((running) => running.drain()).then(() => socket.end(), fail);
  });
}

async function begin(definitions: Definitions, socket: Socket, line: string): Promise<RunningProvider> {
  const [name = "", id = "", engine] = line.split(" ");
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`there is no plugin ${name}`);
  const pid = Number(id);
  endWithEngine(socket, pid);
  return startProvider(definition(), engine === "" ? undefined : engine, readStarter(pid));
}

/** An engine that was killed cannot end its plugins. */
function endWithEngine(socket: Socket, pid: number): void {
  const engine = readParent(pid);
  const timer = setInterval(() => {
    if (readParent(pid) !== engine) socket.destroy();
  }, LOOK_EVERY_MS).unref();
  socket.on("close", () => {
    clearInterval(timer);
  });
}
