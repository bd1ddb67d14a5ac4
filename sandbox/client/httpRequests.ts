/**
 * Asks HTTP servers as somebody inside the sandbox: `{method, url, body, token}`, answered by `{status, text}`. A body is
 * sent as JSON; a token stays inside, and the request says where it is: `{variable}` of the environment, or `{file}`.
 */
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import process from "node:process";
import { z } from "zod";
import { answerLines } from "./answerLines.ts";

const LIMIT_MS = 60_000;

const requests = z.strictObject({
  method: z.string(),
  url: z.url(),
  body: z.string().optional(),
  token: z.union([z.strictObject({ variable: z.string() }), z.strictObject({ file: z.string() })]).optional(),
});

export type HttpRequest = z.input<typeof requests>;

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

function authorize({ token }: HttpRequest): Readonly<Record<string, string>> {
  if (token === undefined) return {};
  const value =
    "file" in token ? readFileSync(token.file, "utf8").trim() : (process.env[token.variable] ?? "");
  return { authorization: `Bearer ${value}` };
}

/** Each on a connection of its own: who is asked may have been restarted since the last. */
function ask(request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, body } = request;
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const headers = { ...authorize(request), ...type };
  return new Promise((resolve, reject) => {
    const { request: open } = url.startsWith("https:") ? https : http;
    const signal = AbortSignal.timeout(LIMIT_MS);
    const call = open(url, { method, headers, agent: false, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (text += piece));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

await answerLines((request) => ask(requests.parse(request)));
