// Proves: every kind of fault does on the wire what it says and then stops; the control path is closed to strangers;
// the request log has no secret; and a new start over the same folder goes on where the old one ended.
// Cannot prove: what a plugin makes of a fault.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HETZNER_TOKEN, type Started, started } from "./startedCloud.ts";

let cloud: Started;
beforeEach(async () => {
  cloud = await started();
});
afterEach(() => cloud.close());

const ORDER = { name: "mx.example.com", server_type: "cx23", image: "debian-13", location: "nbg1" };
const RECORDS = "/zones/c7915704a794c5f99111b674c1985c3a/dns_records";
const A = { type: "A", name: "example.com", content: "203.0.113.11", ttl: 1 };
const key = () => cloud.hetzner("GET", "/ssh_keys");
const faultsInLog = () =>
  cloud
    .log()
    .filter((line) => line["fault"] !== undefined)
    .map(({ method, path, fault }) => `${String(method)} ${String(path)} ${String(fault)}`);

it("keeps an idle connection longer than any client is held up", async () => {
  expect((await key()).headers.get("keep-alive")).toBe("timeout=75");
});

describe("faults", () => {
  it("limits the rate as often as told, with Retry-After, on one vendor", async () => {
    await cloud.fault({
      vendor: "hetzner",
      path: "^/v1/ssh_keys$",
      kind: "rate_limit",
      times: 2,
      seconds: 3,
    });
    for (const answer of [await key(), await key()]) {
      expect([answer.status, answer.body.at("error", "code")]).toEqual([429, "rate_limit_exceeded"]);
      expect(answer.headers.get("retry-after")).toBe("3");
    }
    expect((await key()).status).toBe(200);
    await cloud.fault({ vendor: "cloudflare", kind: "rate_limit" });
    expect((await key()).status).toBe(200);
    expect((await cloud.cloudflare("GET", RECORDS)).status).toBe(429);
  });

  it("answers the status told, by method and path, and does nothing", async () => {
    await cloud.fault({
      vendor: "cloudflare",
      method: "post",
      path: "dns_records",
      kind: "status",
      status: 502,
    });
    expect((await cloud.cloudflare("GET", RECORDS)).status).toBe(200);
    const answer = await fetch(`${cloud.cloud.cloudflareUrl}/client/v4${RECORDS}`, {
      method: "POST",
      body: "{}",
    });
    expect(answer.status).toBe(502);
    expect((await cloud.cloudflare("GET", RECORDS)).body.at("result")).toEqual([]);
  });

  it("cuts the line before or after the work is done", async () => {
    await cloud.fault({ method: "POST", path: "dns_records", kind: "drop_before" });
    await expect(cloud.cloudflare("POST", RECORDS, A)).rejects.toThrow("fetch failed");
    expect((await cloud.cloudflare("GET", RECORDS)).body.at("result")).toEqual([]);
    await cloud.fault({ method: "POST", path: "dns_records", kind: "drop_after" });
    await expect(cloud.cloudflare("POST", RECORDS, A)).rejects.toThrow("fetch failed");
    const answer = await cloud.cloudflare("POST", RECORDS, A);
    expect(answer.body.at("errors", 0, "code")).toBe(81058);
    const [before, after] = cloud.log().filter((line) => line["fault"] !== undefined);
    expect([before?.["fault"], after?.["fault"]]).toEqual(["drop_before", "drop_after"]);
  });

  it("hangs for a while and then cuts the line", async () => {
    await cloud.fault({ vendor: "hetzner", kind: "hang", seconds: 0.2 });
    const began = Date.now();
    await expect(key()).rejects.toThrow("fetch failed");
    expect(Date.now() - began).toBeGreaterThanOrEqual(190);
  });

  it("closes while a request hangs", async () => {
    await cloud.fault({ vendor: "hetzner", kind: "hang", seconds: 3600 });
    const hanging = key().catch((cause: unknown) => cause);
    await waitFor("the fault to be used", async () => (await control("GET", "/faults")).includes("[]"));
    await cloud.cloud.close();
    expect(await hanging).toBeInstanceOf(Error);
  });

  it("boots slowly", async () => {
    await cloud.fault({ vendor: "hetzner", kind: "slow_boot", seconds: 2 });
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    const running = await cloud.hetzner("GET", `/actions/${made.body.num("action", "id")}`);
    expect(running.body.at("action")).toMatchObject({ status: "running", finished: null });
    expect(cloud.hosts.machines.size).toBe(0);
    expect((await cloud.ended(made.body.num("action", "id")))["status"]).toBe("success");
    expect(faultsInLog()).toEqual(["POST /v1/servers slow_boot"]);
  });

  it("fails to boot, and the server can be deleted", async () => {
    await cloud.fault({ vendor: "hetzner", kind: "boot_failure" });
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    expect(await cloud.ended(made.body.num("action", "id"))).toMatchObject({
      status: "error",
      error: { code: "action_failed" },
    });
    expect(cloud.hosts.machines.size).toBe(0);
    expect(faultsInLog()).toEqual(["POST /v1/servers boot_failure"]);
    const gone = await cloud.hetzner("DELETE", `/servers/${made.body.num("server", "id")}`);
    expect((await cloud.ended(gone.body.num("action", "id")))["status"]).toBe("success");
  });

  it("plays a fault on requests with a fitting body alone", async () => {
    await cloud.fault({ method: "POST", body: '"name":"mx\\.example\\.net"', kind: "status", status: 503 });
    expect((await cloud.hetzner("POST", "/servers", ORDER)).status).toBe(201);
    expect((await cloud.hetzner("POST", "/servers", { ...ORDER, name: "mx.example.net" })).status).toBe(503);
    await cloud.fault({ body: '"name":"mx\\.example\\.net"', kind: "boot_failure" });
    const other = await cloud.hetzner("POST", "/servers", { ...ORDER, name: "mx.example.org" });
    expect((await cloud.ended(other.body.num("action", "id")))["status"]).toBe("success");
    await control("DELETE", "/faults");
  });

  it("takes one fault back by its number", async () => {
    await cloud.fault({ vendor: "cloudflare", kind: "rate_limit" });
    await cloud.fault({ vendor: "hetzner", kind: "rate_limit" });
    const { faults } = JSON.parse(await control("GET", "/faults")) as {
      faults: { id: number; vendor: string }[];
    };
    await control("DELETE", `/faults/${String(faults.find(({ vendor }) => vendor === "hetzner")?.id)}`);
    expect((await key()).status).toBe(200);
    expect((await cloud.cloudflare("GET", RECORDS)).status).toBe(429);
  });

  it("forgets all faults on DELETE, and refuses what is no fault", async () => {
    await cloud.fault({ kind: "status", status: 500, times: 9 });
    await control("DELETE", "/faults");
    expect((await key()).status).toBe(200);
    for (const body of ["{}", '{"kind":"status","path":"("}', "no"]) {
      const answer = await fetch(`${cloud.cloud.hetznerUrl}/_sandbox/faults`, { method: "POST", body });
      expect(answer.status).toBe(422);
    }
  });
});

describe("control and log", () => {
  it("is closed to who comes through the front", async () => {
    expect(await statusFor({ host: "api.hetzner.cloud" })).toBe(404);
    expect(await statusFor({ host: "127.0.0.1", "x-forwarded-for": "203.0.113.10" })).toBe(404);
    expect(await statusFor({ host: "127.0.0.1" })).toBe(200);
  });

  it("writes no secret into the log, the state or the books, once the machine is made", async () => {
    const secret = "-----BEGIN OPENSSH PRIVATE KEY-----abc";
    const made = await cloud.hetzner("POST", "/servers", { ...ORDER, user_data: `ssh_keys: ${secret}` });
    await cloud.cloudflare("POST", RECORDS, { type: "TXT", name: "t", content: secret });
    await cloud.ended(made.body.num("action", "id"));
    const texts = [await control("GET", "/state")];
    for (const file of ["requests.jsonl", "hetzner.json"])
      texts.push(readFileSync(join(cloud.folder, file), "utf8"));
    for (const text of texts) {
      expect(text).not.toContain("PRIVATE KEY");
      expect(text).not.toContain(HETZNER_TOKEN);
    }
    const line = cloud.log().find((one) => one["path"] === "/v1/servers");
    expect(line).toMatchObject({ vendor: "hetzner", method: "POST", status: 201, authorization: "***71" });
    expect(line?.["body"]).toMatchObject({ name: "mx.example.com", user_data: "***48" });
    expect(statSync(join(cloud.folder, "hetzner.json")).mode & 0o077).toBe(0);
  });
});

describe("a new start over the same folder", () => {
  it("keeps everything and pushes names again", async () => {
    await cloud.cloudflare("POST", RECORDS, A);
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    await cloud.ended(made.body.num("action", "id"));
    const path = `/servers/${made.body.num("server", "id")}`;
    const before = (await cloud.hetzner("GET", path)).body.raw;
    cloud.dns.zones.clear();
    cloud.dns.reverse.clear();
    for (const machine of cloud.hosts.machines.values()) machine.running = false;
    cloud = await cloud.restart();
    await waitFor("the server to run", () =>
      Promise.resolve(cloud.hosts.machines.get("server-4001")?.running === true),
    );
    expect((await cloud.hetzner("GET", path)).body.raw).toEqual(before);
    expect(cloud.dns.zones.get("example.com")).toHaveLength(1);
    expect(cloud.dns.reverse.get("203.0.113.10")).toBe("static.10.113.0.203.clients.your-server.de");
  });

  it("leaves off what was switched off", async () => {
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    const path = `/servers/${made.body.num("server", "id")}`;
    await cloud.ended(made.body.num("action", "id"));
    await cloud.ended((await cloud.hetzner("POST", `${path}/actions/poweroff`)).body.num("action", "id"));
    cloud = await cloud.restart();
    expect((await cloud.hetzner("GET", path)).body.at("server", "status")).toBe("off");
    expect(cloud.hosts.machines.get("server-4001")?.running).toBe(false);
  });

  it.each(["create", "destroy"])("ends a %s that was cut off in the middle", async (call) => {
    const order = () => cloud.hetzner("POST", "/servers", ORDER);
    if (call === "destroy") await cloud.ended((await order()).body.num("action", "id"));
    cloud.hosts.before = (now) => (now.startsWith(call) ? new Promise(() => undefined) : Promise.resolve());
    const asked = call === "create" ? await order() : await cloud.hetzner("DELETE", "/servers/4001");
    await waitFor(`the ${call} to begin`, () =>
      Promise.resolve(cloud.hosts.calls.includes(`${call} server-4001`)),
    );
    cloud.hosts.before = () => Promise.resolve();
    cloud = await cloud.restart();
    expect((await cloud.ended(asked.body.num("action", "id")))["status"]).toBe("success");
    expect(cloud.hosts.machines.has("server-4001")).toBe(call === "create");
    expect((await cloud.hetzner("GET", "/servers/4001")).status).toBe(call === "create" ? 200 : 404);
  });
});

async function control(method: string, path: string): Promise<string> {
  return (await fetch(`${cloud.cloud.cloudflareUrl}/_sandbox${path}`, { method })).text();
}

function statusFor(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${cloud.cloud.hetznerUrl}/_sandbox/state`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on("error", reject).end();
  });
}

async function waitFor(what: string, done: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + 5000;
  while (!(await done())) {
    if (Date.now() > limit) throw new Error(`waited 5 s for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
