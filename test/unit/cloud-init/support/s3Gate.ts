/**
 * A server in front of an S3 server, in a thread of its own: it makes each answer late, gives none, or looks at the clock of who
 * asks as S3 does (`RequestTimeTooSkewed`: more than 15 minutes off, Amazon S3's list of error codes).
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

export interface GateOptions {
  /** Of the server behind it. */
  readonly address: string;
  /** Milliseconds that each answer is late. */
  readonly delay?: number;
  /** Answers nothing at all. */
  readonly silent?: boolean;
  /** Seconds that its clock is before the machine's. */
  readonly clockAhead?: number;
}

export interface Gate {
  readonly address: string;
  stop(): Promise<unknown>;
}

/** Starts one; a thread, since tests wait for their programs with nothing else running. */
export async function startGate(options: GateOptions): Promise<Gate> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { gate: options } });
  const port = await new Promise<number>((done, fail) => {
    worker.once("message", done);
    worker.once("error", fail);
  });
  return { address: `127.0.0.1:${String(port)}`, stop: () => worker.terminate() };
}

const LARGEST_SKEW_SECONDS = 900;

/** Seconds since 1970 of a request's `x-amz-date`, as `20261129T120000Z`. */
function readDate(date: string): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return Date.parse(iso) / 1000;
}

function isSkewed({ headers }: IncomingMessage, clockAhead: number): boolean {
  const sent = readDate(String(headers["x-amz-date"]));
  return Math.abs(sent - (Date.now() / 1000 + clockAhead)) > LARGEST_SKEW_SECONDS;
}

function refuseSkewed(response: ServerResponse): void {
  response.writeHead(403, { "content-type": "application/xml" });
  response.end(
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>RequestTimeTooSkewed</Code>' +
      "<Message>The difference between the request time and the server's time is too large.</Message></Error>",
  );
}

function pass(asked: IncomingMessage, response: ServerResponse, { address }: GateOptions): void {
  const { method, url = "/", headers } = asked;
  const behind = request(`http://${address}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  behind.on("error", () => response.destroy());
  asked.pipe(behind);
}

function serve(options: GateOptions): void {
  const server = createServer((asked, response) => {
    if (options.silent === true) return;
    if (options.clockAhead !== undefined && isSkewed(asked, options.clockAhead)) {
      refuseSkewed(response);
      return;
    }
    setTimeout(() => {
      pass(asked, response, options);
    }, options.delay ?? 0);
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    parentPort?.postMessage(typeof address === "object" ? address?.port : undefined);
  });
}

if (!isMainThread) {
  const { gate } = (workerData ?? {}) as { gate?: GateOptions };
  // The tests' own threads load this module too.
  if (gate !== undefined) serve(gate);
}
