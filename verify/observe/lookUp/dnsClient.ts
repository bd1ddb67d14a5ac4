/** A small DNS client: asks one named server, and says what came of it. */
import { randomInt } from "node:crypto";
import { exchange, NoReply, NoRoute } from "./exchange.ts";
import { createGate } from "./gate.ts";
import { decodeReply, encodeQuestion, RCODE, type Question, type Reply } from "./message.ts";

export interface DnsClientOptions {
  /** Port of all servers; default 53. */
  readonly port?: number;
  /** For one attempt; default 2,000. */
  readonly timeoutMs?: number;
  /** Attempts for each question; default 2. */
  readonly attempts?: number;
  /** Questions on their way at once; default 24. */
  readonly concurrency?: number;
  /** For all questions together, from the client's creation on; what is open then had no reply. Default 45,000. */
  readonly limitMs?: number;
}

/** What came of a question. */
export type Outcome =
  | { readonly state: "reply"; readonly reply: Reply }
  /** Nothing came back. */
  | { readonly state: "silent" }
  /** This machine has no way there, such as one without IPv6: says nothing of the server. */
  | { readonly state: "no-route" }
  /** Bytes came back that are no DNS message. */
  | { readonly state: "malformed" };

export interface DnsClient {
  /** Asks the server at this IP address. Never throws for what a server or the network does. */
  ask(address: string, question: Question): Promise<Outcome>;
  /** True when the time for all questions is used up. */
  expired(): boolean;
}

/** Old servers refuse EDNS with one of these and do not answer the question (RFC 6891 7). */
const NO_EDNS: readonly number[] = [RCODE.formatError, RCODE.notImplemented];

function readFailure(error: unknown): Outcome {
  if (error instanceof NoReply) return { state: "silent" };
  if (error instanceof NoRoute) return { state: "no-route" };
  throw error;
}

function read(message: Buffer): Outcome {
  try {
    return { state: "reply", reply: decodeReply(message) };
  } catch {
    return { state: "malformed" };
  }
}

/** Makes a client. It holds nothing open between questions. */
export function createDnsClient(options: DnsClientOptions = {}): DnsClient {
  const { port = 53, timeoutMs = 2_000, attempts = 2, concurrency = 24, limitMs = 45_000 } = options;
  const gate = createGate(concurrency);
  const signal = AbortSignal.timeout(limitMs);

  const once = async (address: string, question: Question, edns: boolean): Promise<Outcome> => {
    const query = encodeQuestion(question, randomInt(0x1_0000), edns);
    try {
      return read(await exchange({ address, port, timeoutMs, signal }, query));
    } catch (error) {
      return readFailure(error);
    }
  };
  const ask = async (address: string, question: Question): Promise<Outcome> => {
    let edns = true;
    let last: Outcome = { state: "silent" };
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt += 1) {
      last = await once(address, question, edns);
      if (last.state === "reply" && edns && NO_EDNS.includes(last.reply.rcode)) {
        edns = false;
        last = await once(address, question, edns);
      }
      if (last.state !== "silent") return last;
    }
    return last;
  };
  return {
    ask: (address, question) => gate(() => ask(address, question)),
    expired: () => signal.aborted,
  };
}
