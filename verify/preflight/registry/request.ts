/** One question to a registry or to who gives its tokens, bounded in time and size. */
import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import process from "node:process";

/** Seconds after which an answer is given up. */
const TIMEOUT_SECONDS = 10;

/** A manifest is at most 4 MiB long (OCI distribution specification, Pushing Manifests); nothing longer is read. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Why a registry could not be asked, in words that hold nothing of its own text. */
export class RegistryError extends Error {}

export interface RegistryAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** How it is asked. */
export interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  /** GET, unless it is named. */
  readonly method?: "GET" | "HEAD";
  /** Gives the question up. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * Asks once; redirects are not followed.
 *
 * @throws RegistryError where there is no answer within 10 seconds, a longer one than 4 MiB, or the question is given up
 */
export async function request(
  url: URL,
  { headers = {}, method = "GET", stop }: Question = {},
): Promise<RegistryAnswer> {
  const limit = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  const signal = stop === undefined ? limit : AbortSignal.any([limit, stop]);
  try {
    const answer = await send(url, { method, headers: { ...headers }, signal });
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await readBody(answer) };
  } catch (cause) {
    if (cause instanceof RegistryError) throw cause;
    const reason = limit.aborted ? `none within ${TIMEOUT_SECONDS} seconds` : describeReason(cause);
    throw new RegistryError(`no answer from ${url.host}: ${reason}`, { cause });
  }
}

/** `node:http` is loaded where it is wanted alone: it brings Node's web client along. */
function send(
  url: URL,
  options: { method: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<IncomingMessage> {
  const client = url.protocol === "http:" ? process.getBuiltinModule("node:http") : https;
  return new Promise((resolve, reject) => {
    client.request(url, options, resolve).on("error", reject).end();
  });
}

async function readBody(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RegistryError(`an answer of more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function describeReason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describeReason).join("; ");
  return error instanceof Error ? error.message : String(error);
}
