/**
 * Proves: when a vendor refuses, breaks the line or hangs, the hcloud and cloudflare stand-ins retry, give up and word
 * their errors as the real plugins were measured to (waits shortened a hundredfold and more).
 * Cannot prove the lengths of the waits.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { cloudflare } from "../../../../sandbox/providers/cloudflare/provider.ts";
import { hcloud } from "../../../../sandbox/providers/hcloud/provider.ts";
import { type StartedPlugin, failureOf, startedPlugin } from "./startedPlugin.ts";

const SSH_KEY = "hcloud:index/sshKey:SshKey";
const keyInputs = { name: "k", publicKey: "ssh-ed25519 AAAA" };
const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const recordInputs = { zoneId: "z", type: "A", name: "a.example.com", content: "203.0.113.9", ttl: 1 };
const made = { ssh_key: { id: 7, name: "k", fingerprint: "f", public_key: "ssh-ed25519 AAAA", labels: {} } };
const record = {
  success: true,
  result: { id: "r", type: "A", name: "a.example.com", content: "203.0.113.9", ttl: 1 },
};

/** What the vendor does with one request. */
type Move =
  | "drop"
  | "hang"
  | { readonly status: number; readonly body: unknown; readonly retryAfter?: string };

let server: Server | undefined;
let plugin: StartedPlugin | undefined;
afterEach(() => {
  plugin?.stop();
  server?.closeAllConnections();
  server?.close();
});

/** A vendor that makes these moves in turn, the last one for ever; answers the list of what it was asked. */
async function vendor(moves: readonly Move[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const play = (request: IncomingMessage, response: ServerResponse): void => {
    const move = moves[Math.min(asked.length, moves.length - 1)];
    asked.push(`${request.method} ${request.url}`);
    if (move === "hang") return;
    if (move === "drop" || move === undefined) return void request.socket.destroy();
    if (move.retryAfter !== undefined) response.setHeader("retry-after", move.retryAfter);
    response.writeHead(move.status, { "content-type": "application/json" }).end(JSON.stringify(move.body));
  };
  server = createServer(play);
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, asked };
}

async function hetzner(moves: readonly Move[]): Promise<string[]> {
  const { url, asked } = await vendor(moves);
  const config = { token: "h".repeat(64), endpoint: url, pollInterval: "1ms", pollFunction: "constant" };
  plugin = await startedPlugin(hcloud(1), config);
  return asked;
}

async function cloudflareOf(moves: readonly Move[]): Promise<string[]> {
  const { url, asked } = await vendor(moves);
  plugin = await startedPlugin(cloudflare(1), { apiToken: "c".repeat(40), baseUrl: url });
  return asked;
}

function no(status: number, code: string): Move {
  return { status, body: { error: { code, message: "refused" } } };
}

const limited = no(429, "rate_limit_exceeded");

describe("hcloud", () => {
  it.each([[[limited, limited]], [[no(502, "bad_gateway")]]])(
    "sends again what was refused for now",
    async (refusals) => {
      const asked = await hetzner([...refusals, { status: 201, body: made }]);
      expect(await plugin?.client.create(SSH_KEY, "k", keyInputs)).toMatchObject({ id: "7" });
      expect(asked).toHaveLength(refusals.length + 1);
    },
  );

  it("gives up after five more tries", async () => {
    const asked = await hetzner([limited]);
    await expect(plugin?.client.create(SSH_KEY, "k", keyInputs)).rejects.toThrow(
      "API request failed: An unexpected error was encountered during an API request.\n\nrefused (rate_limit_exceeded)" +
        "\n\nError code: rate_limit_exceeded\nStatus code: 429",
    );
    expect(asked).toHaveLength(6);
  });

  it.each([500, 503])("fails at once on %i", async (status) => {
    const asked = await hetzner([no(status, "server_error")]);
    await expect(plugin?.client.create(SSH_KEY, "k", keyInputs)).rejects.toThrow(/refused \(server_error\)/);
    expect(asked).toHaveLength(1);
  });

  it("never repeats a POST whose line broke", async () => {
    const asked = await hetzner(["drop"]);
    await expect(plugin?.client.create(SSH_KEY, "k", keyInputs)).rejects.toThrow(
      /Post "http:.*\/ssh_keys": EOF/,
    );
    expect(asked).toHaveLength(1);
  });

  it("repeats a GET whose line broke once, and only once", async () => {
    const state = {
      type: SSH_KEY,
      name: "k",
      id: "7",
      inputs: keyInputs,
      outputs: { name: "k" },
      secrets: {},
    };
    const asked = await hetzner(["drop", { status: 200, body: made }, "drop"]);
    expect(await plugin?.client.read(state)).toMatchObject({ id: "7" });
    await expect(plugin?.client.read(state)).rejects.toThrow(/Get "http:.*\/ssh_keys\/7": EOF/);
    expect(asked).toHaveLength(4);
  });

  it("waits no longer than customTimeouts allow", async () => {
    await hetzner(["hang"]);
    const create = plugin?.client.create(SSH_KEY, "k", keyInputs, { timeoutSeconds: 0.2 });
    await expect(create).rejects.toThrow(/Post "http:.*": context deadline exceeded/);
  });

  it("keeps a server whose action failed, with the cause", async () => {
    const failed = { id: 1, status: "running" };
    const answer = {
      id: 9,
      name: "s",
      status: "initializing",
      labels: {},
      backup_window: null,
      primary_disk_size: 40,
      image: null,
      server_type: { name: "cx23" },
      protection: { delete: false, rebuild: false },
      public_net: { ipv4: null, ipv6: null },
    };
    const asked = await hetzner([
      { status: 200, body: { server_types: [{ architecture: "x86" }] } },
      { status: 200, body: { images: [{ id: 1 }] } },
      { status: 201, body: { server: answer, action: failed } },
      { status: 200, body: { actions: [failed] } },
      {
        status: 200,
        body: { actions: [{ ...failed, status: "error", error: { code: "boot", message: "no boot" } }] },
      },
    ]);
    const create = plugin?.client.create("hcloud:index/server:Server", "s", {
      serverType: "cx23",
      image: "debian-13",
    });
    const { message, details } = await failureOf(create);
    expect(message).toContain("1 error occurred:\n\t* no boot (boot, 1)");
    // The engine reads the half-made server out of the status details.
    expect(details).toContain("pulumirpc.ErrorResourceInitFailed");
    expect(asked.at(-1)).toBe("GET /actions?id=1&page=1&sort=status&sort=id");
  });

  it.each([
    [{ token: "short" }, /must be exactly 64 characters long/],
    [{ token: "" }, /Missing Hetzner Cloud API token/],
  ])("refuses a token of the wrong form", async (config, reason) => {
    await expect(startedPlugin(hcloud(), config)).rejects.toThrow(reason);
  });
});

describe("cloudflare", () => {
  const refused = { success: false, errors: [{ code: 10000, message: "later" }] };

  it.each<[string, Move]>([
    ["429", { status: 429, body: refused }],
    ["500", { status: 500, body: refused }],
    ["502", { status: 502, body: refused }],
    ["503", { status: 503, body: refused }],
    ["a broken line", "drop"],
  ])("sends a POST again after %s", async (_, move) => {
    const asked = await cloudflareOf([move, move, { status: 200, body: record }]);
    expect(await plugin?.client.create(RECORD, "a", recordInputs)).toMatchObject({ id: "r" });
    expect(asked).toEqual(Array.from({ length: 3 }, () => "POST /zones/z/dns_records"));
  });

  it("waits as long as Retry-After says", async () => {
    await cloudflareOf([
      { status: 429, body: refused, retryAfter: "0.3" },
      { status: 200, body: record },
    ]);
    const begin = performance.now();
    await plugin?.client.create(RECORD, "a", recordInputs);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(295);
  });

  it("fails at once on 400, with the whole answer", async () => {
    const asked = await cloudflareOf([{ status: 400, body: refused }]);
    await expect(plugin?.client.create(RECORD, "a", recordInputs)).rejects.toThrow(
      /failed to make http request: POST "http:.*\/zones\/z\/dns_records": 400 Bad Request \{"success":false/,
    );
    expect(asked).toHaveLength(1);
  });

  it("refuses a token of the wrong form", async () => {
    await expect(startedPlugin(cloudflare(), { apiToken: "short" })).rejects.toThrow(/API tokens must be 40/);
  });
});
