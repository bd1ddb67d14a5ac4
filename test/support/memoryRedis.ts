/** A Redis in the memory of the test: the commands by which the app's stand-in keeps sessions. What it does not know it refuses. */
import { createServer, type AddressInfo, type Socket } from "node:net";

/** Words of the first whole command in the text, and what is left; nothing where it is not whole yet. */
function firstCommand(text: string): { words: string[]; rest: string } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  let rest = text.slice(head[0].length);
  const words: string[] = [];
  for (let count = Number(head[1]); count > 0; count--) {
    const size = /^\$(\d+)\r\n/.exec(rest);
    const length = Number(size?.[1]);
    if (size === null || rest.length < size[0].length + length + 2) return undefined;
    words.push(rest.slice(size[0].length, size[0].length + length));
    rest = rest.slice(size[0].length + length + 2);
  }
  return { words, rest };
}

function answer(store: Map<string, string>, [name = "", key = "", value = ""]: readonly string[]): string {
  const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
  switch (name.toLowerCase()) {
    case "info":
      return bulk("redis_version:8.2.0\r\nloading:0\r\n");
    case "client":
      return "+OK\r\n";
    case "set":
      store.set(key, value);
      return "+OK\r\n";
    case "get": {
      const kept = store.get(key);
      return kept === undefined ? "$-1\r\n" : bulk(kept);
    }
    default:
      // As a server says it that is too old for the newer protocol, which no client needs.
      return `-ERR unknown command '${name}'\r\n`;
  }
}

/** Starts one on loopback. */
export async function startMemoryRedis(): Promise<{ port: number; stop(): Promise<void> }> {
  const store = new Map<string, string>();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let held = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      held += chunk.toString("latin1");
      for (let next = firstCommand(held); next !== undefined; next = firstCommand(held)) {
        held = next.rest;
        socket.write(answer(store, next.words));
      }
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((done) => {
        for (const socket of open) socket.destroy();
        server.close(() => {
          done();
        });
      }),
  };
}
