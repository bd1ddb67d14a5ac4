/**
 * Proves: plugins are laid out where the engine looks, real ones win, near versions are linked with a warning, and every
 * stand-in starts from its script and prints its port. Cannot prove that a real plugin runs.
 */
import { spawn } from "node:child_process";
import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROVIDERS, installPlugins } from "../../../../sandbox/providers/install.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "plugins-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function sdkVersion(name: string): Promise<string> {
  const manifest = path.join(import.meta.dirname, `../../../../node_modules/@pulumi/${name}/package.json`);
  return (JSON.parse(await readFile(manifest, "utf8")) as { version: string }).version;
}

function program(directory: string, name: string, version: string): string {
  return path.join(directory, `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

/** First line of a plugin's output; the plugin is ended. */
async function firstLine(file: string): Promise<string> {
  const plugin = spawn(file, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "pipe"] });
  try {
    return await new Promise<string>((resolve, reject) => {
      let text = "";
      plugin.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
      plugin.stdout.once("data", (chunk: Buffer) => {
        resolve(chunk.toString());
      });
      plugin.once("error", reject);
      plugin.once("exit", (code) => {
        reject(new Error(`ended with ${code}: ${text}`));
      });
    });
  } finally {
    plugin.removeAllListeners("exit");
    plugin.kill("SIGKILL");
  }
}

describe("installPlugins", () => {
  it("gives every provider a stand-in that starts, under the version of the SDK", async () => {
    const plugins = await installPlugins(path.join(folder, "home"), process.execPath);
    expect(plugins.map(({ name }) => name)).toEqual([...PROVIDERS]);
    for (const { name, version, source } of plugins) {
      expect({ version, source }).toEqual({ version: await sdkVersion(name), source: "stand-in" });
      expect(await firstLine(program(path.join(folder, "home"), name, version)), name).toMatch(/^\d+\n$/);
    }
  });

  it("prefers a real plugin, and links a near version with a warning", async () => {
    const real = path.join(folder, "real");
    const tls = await sdkVersion("tls");
    const random = await sdkVersion("random");
    const near = random.replace(/\.\d+$/, ".999");
    const files = [
      program(real, "tls", tls),
      program(real, "random", near),
      program(real, "random", random.replace(/^(\d+)\.\d+/, "$1.1")),
      program(real, "hcloud", "99.0.0"),
    ];
    for (const file of files) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, file);
    }
    const home = path.join(folder, "home");
    const plugins = await installPlugins(home, process.execPath, real);
    const of = (name: string) => plugins.find((plugin) => plugin.name === name);
    expect(of("tls")).toEqual({ name: "tls", version: tls, source: "real" });
    expect(of("random")).toMatchObject({ source: "real", warning: expect.stringContaining(near) as string });
    expect(of("hcloud")).toMatchObject({
      source: "stand-in",
      warning: expect.stringContaining("99.0.0") as string,
    });
    expect(of("cloudflare")).toEqual({
      name: "cloudflare",
      version: await sdkVersion("cloudflare"),
      source: "stand-in",
    });
    const linked = program(home, "random", random);
    expect(await readFile(linked, "utf8")).toBe(program(real, "random", near));
    // The engine skips directories that are links.
    expect((await lstat(path.dirname(linked))).isDirectory()).toBe(true);
  });
});
