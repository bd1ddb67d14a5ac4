/** Reads what a mail server greets with on port 25 (RFC 5321 4.2). */
import { connect } from "node:net";

export interface GreetingOptions {
  /** Default 25. */
  readonly port?: number;
  /** For connection and greeting together; default 5,000. */
  readonly timeoutMs?: number;
}

/** Longest line of a reply (RFC 5321 4.5.3.1.5), with room for careless servers. */
const LONGEST_LINE = 2048;

/** The first line; absent when none came in time. Many networks close port 25 outward, so silence says nothing. */
export function readGreeting(
  address: string,
  { port = 25, timeoutMs = 5_000 }: GreetingOptions = {},
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    let text = "";
    const end = (line?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(line);
    };
    const timer = setTimeout(end, timeoutMs);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const line = /^(.*?)\r?\n/.exec(text)?.[1];
      if (line !== undefined || text.length > LONGEST_LINE) end(line);
    });
    socket.on("error", () => {
      end();
    });
    socket.on("end", () => {
      end();
    });
  });
}
