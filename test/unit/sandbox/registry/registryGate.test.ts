/**
 * Proves: before the sandbox's registry stands what stands before the real ones: no answer without a token for this very
 * repository, tokens that end, pulls only, and blobs by a redirect to a storage host that wants no token. The registry
 * behind is a small server on loopback; its host names are given by header.
 * Cannot prove: that ghcr.io and Docker Hub still do it like that.
 */
import { createServer, request, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { frontNames, ports } from "../../../../sandbox/groundPlan.ts";
import { GATE_NAMES, startGate } from "../../../../sandbox/registry/gate.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let registry: Server;
let gate: Awaited<ReturnType<typeof startGate>>;

beforeEach(async () => {
  registry = createServer((incoming, response) => {
    response.setHeader("docker-content-digest", "sha256:aa");
    response.end(
      `${incoming.method ?? ""} ${incoming.url ?? ""} for ${incoming.headers.authorization ?? "nobody"}`,
    );
  });
  await new Promise<void>((done) => void registry.listen(0, "127.0.0.1", done));
  const { port } = registry.address() as AddressInfo;
  gate = await startGate({ port: 0, registry: `http://127.0.0.1:${String(port)}` });
});

afterEach(() => {
  vi.useRealTimers();
  gate.close();
  registry.closeAllConnections();
  registry.close();
});

function ask(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      `${gate.url}${pathname}${search}`,
      { method, headers: { ...headers, host } },
      (answer) => {
        text(answer).then((body) => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
        }, reject);
      },
    );
    sent.on("error", reject).end();
  });
}

async function tokenOf(realm: string, service: string, repository: string): Promise<string> {
  const answer = await ask(`${realm}?service=${service}&scope=repository:${repository}:pull`);
  return (JSON.parse(answer.body) as { token: string }).token;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

test("the front hands over every name that the gate answers for", () => {
  const passed = Object.entries(frontNames).filter(([, port]) => port === ports.registryGate);
  expect(passed.map(([name]) => name).sort()).toEqual([...GATE_NAMES].sort());
});

test.each([
  ["ghcr.io", "a/b", "https://ghcr.io/token", "ghcr.io"],
  ["registry-1.docker.io", "library/redis", "https://auth.docker.io/token", "registry.docker.io"],
])("%s wants a token of this repository, and says where it is had", async (host, name, realm, service) => {
  const url = `https://${host}/v2/${name}/manifests/v1`;
  const refused = await ask(url);
  expect(refused.status).toBe(401);
  expect(refused.headers["www-authenticate"]).toBe(
    `Bearer realm="${realm}",service="${service}",scope="repository:${name}:pull"`,
  );
  const answered = await ask(url, bearer(await tokenOf(realm, service, name)), "HEAD");
  expect(answered.headers["docker-content-digest"]).toBe("sha256:aa");
  const stranger = await ask(url, bearer(await tokenOf(realm, service, "some/other")));
  expect(stranger.status).toBe(401);
  expect(stranger.headers["www-authenticate"]).toContain('error="insufficient_scope"');
});

test("a token ends", async () => {
  const token = await tokenOf("https://ghcr.io/token", "ghcr.io", "a/b");
  vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ["Date"] });
  expect((await ask("https://ghcr.io/v2/a/b/manifests/v1", bearer(token))).status).toBe(401);
});

test("nothing is pushed by these names", async () => {
  const token = await tokenOf("https://ghcr.io/token", "ghcr.io", "a/b");
  expect((await ask("https://ghcr.io/v2/a/b/manifests/v1", bearer(token), "PUT")).status).toBe(403);
});

test("a blob is at a storage host, which takes the redirect's signature and no token", async () => {
  const token = await tokenOf("https://ghcr.io/token", "ghcr.io", "a/b");
  const redirect = await ask("https://ghcr.io/v2/a/b/blobs/sha256:bb", bearer(token));
  expect(redirect.status).toBe(307);
  const { location = "" } = redirect.headers;
  expect(new URL(location).hostname).toBe("pkg-containers.githubusercontent.com");
  expect((await ask(location)).body).toBe("GET /v2/a/b/blobs/sha256:bb for nobody");
  expect((await ask(location, bearer(token))).status).toBe(400);
  expect((await ask(`${location}0`)).status).toBe(403);
});
