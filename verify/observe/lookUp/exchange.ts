/** One message to one server and its reply: UDP, and TCP when the reply did not fit (RFC 1035 4.2, RFC 7766). */
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { isTruncated, repliesTo } from "./message.ts";

/** One attempt. */
export interface Attempt {
  readonly address: string;
  readonly port: number;
  /** For each of UDP and TCP. */
  readonly timeoutMs: number;
  /** Ends the attempt early. */
  readonly signal: AbortSignal;
}

/** No reply came in time, or the host said that nobody listens there. */
export class NoReply extends Error {}

/** This machine has no way to the address: nothing was learned about the server. */
export class NoRoute extends Error {}

const NO_ROUTE = ["ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EPERM", "EACCES"];

function readFailure(error: Error, address: string): Error {
  const { code = "" } = error as NodeJS.ErrnoException;
  return NO_ROUTE.includes(code) ? new NoRoute(`${address}: ${code}`) : new NoReply(`${address}: ${code}`);
}

/** Settles once, and then lets go of timer, signal and connection. */
function bounded(
  { address, timeoutMs, signal }: Attempt,
  start: (resolve: (message: Buffer) => void, reject: (error: Error) => void) => () => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let close: () => void = () => undefined;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      close();
      act();
    };
    const stop = (): void => {
      settle(() => {
        reject(new NoReply(`${address}: no reply in time`));
      });
    };
    const timer = setTimeout(stop, timeoutMs);
    signal.addEventListener("abort", stop);
    close = start(
      (message) => {
        settle(() => {
          resolve(message);
        });
      },
      (error) => {
        settle(() => {
          reject(readFailure(error, address));
        });
      },
    );
    if (signal.aborted) stop();
  });
}

function exchangeUdp(attempt: Attempt, query: Buffer): Promise<Buffer> {
  return bounded(attempt, (resolve, reject) => {
    const socket = createSocket(isIPv6(attempt.address) ? "udp6" : "udp4");
    let open = true;
    socket.on("error", reject);
    socket.on("message", (message) => {
      if (repliesTo(message, query)) resolve(message);
    });
    // Connected: the kernel lets in only what the asked address sends, and picks a port nobody can know.
    socket.on("connect", () => {
      if (open) socket.send(query);
    });
    socket.connect(attempt.port, attempt.address);
    return () => {
      if (open) socket.close();
      open = false;
    };
  });
}

function exchangeTcp(attempt: Attempt, query: Buffer): Promise<Buffer> {
  return bounded(attempt, (resolve, reject) => {
    const socket = connect(attempt.port, attempt.address);
    let received = Buffer.alloc(0);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.on("connect", () => socket.write(Buffer.concat([length, query])));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const message = received.subarray(2, 2 + received.readUInt16BE(0));
      if (repliesTo(message, query)) resolve(message);
      else reject(new Error("a reply to another question"));
    });
    socket.on("error", reject);
    socket.on("end", () => {
      reject(new Error("closed"));
    });
    return () => socket.destroy();
  });
}

/**
 * Sends a message and gives the reply's bytes, whole.
 *
 * @throws {NoReply | NoRoute}
 */
export async function exchange(attempt: Attempt, query: Buffer): Promise<Buffer> {
  const message = await exchangeUdp(attempt, query);
  return isTruncated(message) ? exchangeTcp(attempt, query) : message;
}
