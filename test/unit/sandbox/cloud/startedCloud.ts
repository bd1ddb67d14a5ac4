/** A cloud on free ports over a fresh folder, with clients whose every answer is judged by the vendor's schema. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type Cloud, type CloudOptions, startCloud } from "../../../../sandbox/cloud/startCloud.ts";
import { memoryDns, type MemoryDns, memoryHosts, type MemoryHosts } from "../../../support/memoryDrivers.ts";
import { sharedSpecs } from "../../../support/shared.ts";
import { type Judge, judgeOf } from "./specification.ts";

export const HETZNER_TOKEN = "h".repeat(64);
export const CLOUDFLARE_TOKEN = "c".repeat(40);
export const DIGITALOCEAN_TOKEN = `dop_v1_${"d".repeat(64)}`;

/** An answer, parsed. `body` is `any`-like on purpose: tests look into it by path. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** JSON to walk through; what is not there is undefined. */
export interface Json {
  readonly raw: unknown;
  at(...path: (string | number)[]): unknown;
  /** A number at the place; a test fault where there is none. */
  num(...path: (string | number)[]): number;
}

/** A started cloud. */
export interface Started {
  readonly folder: string;
  readonly hosts: MemoryHosts;
  readonly dns: MemoryDns;
  readonly cloud: Cloud;
  hetzner(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  cloudflare(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Paths as in the document, with `/v2`. */
  digitalocean(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** `POST /_sandbox/faults`. */
  fault(fault: Record<string, unknown>): Promise<void>;
  /** Waits at most 5 s for an action's end. */
  ended(id: unknown): Promise<Record<string, unknown>>;
  /** Lines of requests.jsonl. */
  log(): Record<string, unknown>[];
  /** Ends this process's part and starts again over the same folder and drivers. */
  restart(): Promise<Started>;
  close(): Promise<void>;
}

const judges = new Map<string, Judge>();

function judge(file: string, failure?: string): Judge | undefined {
  if (sharedSpecs === undefined) return undefined;
  const known = judges.get(file) ?? judgeOf(file, failure);
  judges.set(file, known);
  return known;
}

/** Starts one. */
export async function started(options: Partial<CloudOptions> = {}): Promise<Started> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "cloud-"));
  return start(folder, memoryHosts(), memoryDns(), options);
}

async function start(folder: string, hosts: MemoryHosts, dns: MemoryDns, options: Partial<CloudOptions>) {
  const cloud = await startCloud({
    folder,
    hosts,
    dns,
    hetznerToken: HETZNER_TOKEN,
    cloudflareToken: CLOUDFLARE_TOKEN,
    digitaloceanToken: DIGITALOCEAN_TOKEN,
    zones: [{ name: "example.com", id: "c7915704a794c5f99111b674c1985c3a" }],
    hetznerPort: 0,
    cloudflarePort: 0,
    digitaloceanPort: 0,
    ...options,
  });
  const started: Started = {
    folder,
    hosts,
    dns,
    cloud,
    hetzner: (method, path, body, headers) =>
      ask(
        cloud.hetznerUrl + "/v1",
        HETZNER_TOKEN,
        judge("hetzner-openapi.json"),
        method,
        path,
        body,
        headers,
      ),
    cloudflare: (method, path, body, headers) => {
      const failure = "dns-records_api-response-common-failure";
      const url = cloud.cloudflareUrl + "/client/v4";
      return ask(
        url,
        CLOUDFLARE_TOKEN,
        judge("cloudflare-openapi.json", failure),
        method,
        path,
        body,
        headers,
      );
    },
    digitalocean: (method, path, body, headers) => {
      const judged = judge("digitalocean-openapi.json");
      return ask(cloud.digitaloceanUrl, DIGITALOCEAN_TOKEN, judged, method, path, body, headers);
    },
    async fault(fault) {
      const body = JSON.stringify(fault);
      const answer = await fetch(`${cloud.hetznerUrl}/_sandbox/faults`, { method: "POST", body });
      expect(answer.status).toBe(201);
    },
    ended: (id) => ended(started, id),
    log: () =>
      readFileSync(join(folder, "requests.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async restart() {
      await cloud.close();
      return start(folder, hosts, dns, options);
    },
    async close() {
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return started;
}

async function ask(
  url: string,
  token: string,
  judge: Judge | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: AbortSignal.timeout(30_000),
    ...(text === undefined ? {} : { body: text }),
  });
  const raw = await answer.text();
  const parsed: unknown = raw === "" ? undefined : JSON.parse(raw);
  if (judge !== undefined) {
    expect(
      judge(method, path, answer.status, parsed),
      `${method} ${path} ${answer.status} ${raw}`,
    ).toBeUndefined();
  }
  return { status: answer.status, headers: answer.headers, body: json(parsed) };
}

function json(raw: unknown): Json {
  const at = (...path: (string | number)[]): unknown =>
    path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], raw);
  const num = (...path: (string | number)[]): number => {
    const value = at(...path);
    if (typeof value === "number") return value;
    throw new Error(`no number at ${path.join(".")} of ${JSON.stringify(raw)}`);
  };
  return { raw, at, num };
}

async function ended(started: Started, id: unknown): Promise<Record<string, unknown>> {
  const limit = Date.now() + 5000;
  for (;;) {
    const answer = await started.hetzner("GET", `/actions/${String(id)}`);
    const action = answer.body.at("action") as Record<string, unknown>;
    if (action["status"] !== "running") return action;
    if (Date.now() > limit)
      throw new Error(`action ${String(id)} ${String(action["command"])} still runs after 5 s`);
  }
}
