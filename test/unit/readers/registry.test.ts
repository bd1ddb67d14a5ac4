/**
 * Proves: CNCF Distribution's own registry, started on loopback, gives every tag, and the digest and the processors behind
 * one, as `init` and `pin` ask for them.
 * Cannot prove: what ghcr.io and Docker Hub do beside it: tokens, pages of tags, which this one gives at once, and blobs
 * kept elsewhere (findImage.test.ts).
 *
 * Skips without Debian's docker-registry, which `make test` installs.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { freePort } from "../../support/freePort.ts";
import { findImage, newestRelease } from "../../../verify/preflight/registry/findImage.ts";
import { Repository } from "../../../verify/preflight/registry/repository.ts";

const isThere = spawnSync("docker-registry", ["--version"]).status === 0;

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
let folder: string;
let host: string;
let registry: ChildProcess;

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

async function put(path: string, type: string, body: string): Promise<void> {
  const answer = await fetch(new URL(path, `http://${host}`), {
    method: "PUT",
    headers: { "content-type": type },
    body,
  });
  if (!answer.ok) throw new Error(`PUT ${path}: ${String(answer.status)} ${await answer.text()}`);
}

/** Pushes a blob, and gives what points to it. */
async function pushBlob(name: string, mediaType: string, text: string) {
  const begun = await fetch(`http://${host}/v2/${name}/blobs/uploads/`, { method: "POST" });
  const target = new URL(begun.headers.get("location") ?? "", `http://${host}`);
  target.searchParams.set("digest", digestOf(text));
  await put(target.href, "application/octet-stream", text);
  return { mediaType, digest: digestOf(text), size: text.length };
}

/** Pushes an image for one processor, and gives what points to it. */
async function pushImage(name: string, architecture: string) {
  const settings = { architecture, os: "linux", rootfs: { type: "layers", diff_ids: [] } };
  const config = await pushBlob(name, CONFIG, JSON.stringify(settings));
  const text = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
  await put(`/v2/${name}/manifests/${digestOf(text)}`, MANIFEST, text);
  return {
    text,
    listed: {
      ...{ mediaType: MANIFEST, digest: digestOf(text), size: text.length },
      platform: { os: "linux", architecture },
    },
  };
}

beforeAll(async () => {
  if (!isThere) return;
  folder = mkdtempSync(join(tmpdir(), "mailstead-registry-"));
  host = `127.0.0.1:${String(await freePort("127.0.0.1"))}`;
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: host, relativeurls: true },
  };
  writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
  registry = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  await vi.waitFor(() => fetch(`http://${host}/v2/`), { timeout: 10_000, interval: 50 });
});
afterAll(() => {
  if (!isThere) return;
  registry.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isThere)("docker-registry", () => {
  test("a list and an image alone: digest and processors", async () => {
    const images = [await pushImage("a/app", "amd64"), await pushImage("a/app", "arm64")];
    const manifests = images.map(({ listed }) => listed);
    const list = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
    await put("/v2/a/app/manifests/v1.0.0", INDEX, list);
    const [alone] = images;
    await put("/v2/a/app/manifests/v0.9.0", MANIFEST, alone?.text ?? "");
    const repository = new Repository(`${host}/a/app`);
    expect(await findImage(repository, "v1.0.0")).toEqual({
      digest: digestOf(list),
      architectures: ["amd64", "arm64"],
    });
    expect(await findImage(repository, "v0.9.0")).toEqual({
      digest: alone?.listed.digest,
      architectures: ["amd64"],
    });
    expect(await findImage(repository, "v9.9.9")).toBeUndefined();
    expect(newestRelease((await repository.tags()) ?? [])).toBe("v1.0.0");
  });

  test("a repository that is not there", async () => {
    expect(await new Repository(`${host}/a/none`).tags()).toBeUndefined();
  });
});
