// Proves: the requests that the real plugins sent, replayed in their order, get the status that those plugins went on
// with. Cannot prove: that the plugins read our bodies as they read those of the recorded API; rows that tell of faults
// or of changes behind the API's back are left out, with the rest of their group.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";
import { type Answer, type Started, started } from "./startedCloud.ts";

const rowSchema = z.object({
  group: z.string(),
  scenario: z.string(),
  inputs: z
    .object({
      resources: z
        .record(z.string(), z.object({ id: z.string(), inputs: z.record(z.string(), z.unknown()) }))
        .default({}),
    })
    .default({ resources: {} }),
  requests: z
    .array(
      z.object({
        method: z.string(),
        path: z.string(),
        query: z.string().optional(),
        body: z.record(z.string(), z.unknown()).optional(),
        status: z.number().optional(),
      }),
    )
    .default([]),
});
type Row = z.infer<typeof rowSchema>;
type Request = Row["requests"][number];

function rows(file: string, group: string, before: string): Row[] {
  const text = readFileSync(join(sharedSpecs ?? "", "traces", file), "utf8");
  const all = z.array(rowSchema).parse(JSON.parse(text));
  const own = all.filter((row) => row.group === group);
  const end = own.findIndex((row) => row.scenario.startsWith(before));
  if (end < 1) throw new Error(`${file} has no row '${before}' in the group '${group}'`);
  return own.slice(0, end);
}

describe.skipIf(sharedSpecs === undefined)(`requests of the real plugins ${NEEDS_SHARED}`, () => {
  let cloud: Started;
  beforeEach(async () => {
    cloud = await started();
    // The recorded servers ran Ubuntu; what boots is not the matter here.
    cloud.hosts.create = (spec) => {
      cloud.hosts.machines.set(spec.key, { spec, running: true });
      return Promise.resolve();
    };
  });
  afterEach(() => cloud.close());

  it.each([
    ["server", "server deleted behind: preview without"],
    ["replacement and protection", "ssh public key changed"],
    ["protect, faults, import, polling", "destroy, nothing excluded"],
  ])("hcloud, group '%s'", async (group, before) => {
    let asked = 0;
    for (const row of rows("hcloud.json", group, before)) {
      for (const request of row.requests) {
        const answer = await askHetzner(cloud, request);
        expect([row.scenario, request.method, request.path, answer.status]).toEqual([
          row.scenario,
          request.method,
          request.path,
          request.status,
        ]);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(15);
  });

  it("digitalocean, group 'records'", async () => {
    let asked = 0;
    for (const row of rows("digitalocean.json", "records", "A changed and DKIM deleted behind")) {
      const { resources } = row.inputs;
      // Of records that were made side by side we know which got which id; they are made in that order.
      const idOf = ({ body, method }: Request): number =>
        Number(
          Object.values(resources).find(
            ({ inputs }) =>
              method === "POST" && inputs["name"] === body?.["name"] && inputs["type"] === body?.["type"],
          )?.id ?? 0,
        );
      const posts = row.requests.filter(({ method }) => method === "POST").sort((a, b) => idOf(a) - idOf(b));
      for (const recorded of row.requests) {
        const { method, path, body, status } =
          recorded.method === "POST" ? (posts.shift() ?? recorded) : recorded;
        const answer = await cloud.digitalocean(method, path, body);
        expect([row.scenario, method, path, answer.status]).toEqual([row.scenario, method, path, status]);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(70);
  });

  it("cloudflare, group 'records'", async () => {
    const ids = new Map<string, string>();
    let asked = 0;
    for (const row of rows("cloudflare.json", "records", "A content, MX priority")) {
      for (const request of row.requests.filter((one) => one.status !== 429)) {
        const answer = await askCloudflare(cloud, request, ids);
        if (answer === undefined) continue;
        const seen = [row.scenario, request.method, request.path, answer.status];
        expect(seen).toEqual([row.scenario, request.method, request.path, request.status]);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(60);
  });
});

/** Sends a recorded request with our addresses and actions in place of the recorded ones, and waits for its actions. */
async function askHetzner(cloud: Started, request: Request): Promise<Answer> {
  const path = request.path.replace("/v1", "");
  const query = request.query === undefined ? "" : `?${request.query}`;
  const body = request.path.endsWith("change_dns_ptr")
    ? await ownAddress(cloud, path, request.body)
    : request.body;
  const answer = await cloud.hetzner(request.method, path + query, body);
  const actions = [
    answer.body.at("action"),
    ...((answer.body.at("next_actions") as unknown[] | undefined) ?? []),
  ];
  for (const action of actions) {
    if (typeof action === "object" && action !== null && "id" in action) await cloud.ended(action.id);
  }
  return answer;
}

async function ownAddress(cloud: Started, path: string, body: Request["body"]): Promise<unknown> {
  const address = await cloud.hetzner("GET", path.split("/").slice(0, 3).join("/"));
  const ip = String(address.body.at("primary_ip", "ip")).replace("::/64", "::1");
  return { ...body, ip };
}

/** Sends a recorded request about records that we have; ours are found by name and type, as ids are random. */
async function askCloudflare(
  cloud: Started,
  request: Request,
  ids: Map<string, string>,
): Promise<Answer | undefined> {
  const [path = "", recorded] = request.path.replace("/client/v4", "").split(/(?<=dns_records)\//);
  if (recorded === undefined) {
    const query = request.query === undefined ? "" : `?${request.query}`;
    return cloud.cloudflare(request.method, path + query, request.body);
  }
  const known = ids.get(recorded) ?? (await idFor(cloud, path, request));
  if (known === undefined) return undefined;
  ids.set(recorded, known);
  return cloud.cloudflare(request.method, `${path}/${known}`, request.body);
}

async function idFor(cloud: Started, path: string, request: Request): Promise<string | undefined> {
  const { name, type } = request.body ?? {};
  if (typeof name !== "string" || typeof type !== "string") return undefined;
  const list = await cloud.cloudflare(
    "GET",
    `${path}?type=${type}&name=${encodeURIComponent(name.toLowerCase())}`,
  );
  const found = list.body.at("result") as { id: string }[];
  return found.length === 1 ? found[0]?.id : undefined;
}
