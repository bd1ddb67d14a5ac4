/**
 * Proves: a folder's layer and an image's digest follow from the content alone; tar reads the archive back with names,
 * modes, owners and links as they were; skopeo, where it is installed, agrees on digest, layers and settings.
 * Cannot prove: that a container runtime starts the image.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import {
  blobFile,
  packLayer,
  writeLayer,
  writeLayout,
  type ImageSettings,
} from "../../../../sandbox/images/oci.ts";

const work = mkdtempSync(join(tmpdir(), "mailstead-oci-"));
afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

const LONG = `${"deep/".repeat(30)}file-with-a-name.txt`;
const SETTINGS: ImageSettings = {
  entrypoint: ["entry"],
  command: ["run", "me"],
  workingDirectory: "/here",
  user: "forwardemail",
  environment: ["A=b"],
  labels: { "org.opencontainers.image.version": "v1" },
};

/** The same content each time, made in the order given and with other dates. */
function content(name: string, order: readonly string[], age: number): string {
  const root = join(work, name);
  mkdirSync(join(root, "deep/".repeat(30)), { recursive: true });
  const makers: Record<string, () => void> = {
    program: () => {
      writeFileSync(join(root, "program"), "#!/bin/sh\n");
    },
    long: () => {
      writeFileSync(join(root, LONG), "x".repeat(1000));
    },
    link: () => {
      symlinkSync("program", join(root, "b-link"));
    },
    empty: () => {
      mkdirSync(join(root, "empty"));
    },
    umlaut: () => {
      writeFileSync(join(root, "ä"), "");
    },
  };
  for (const step of order) makers[step]?.();
  chmodSync(join(root, "program"), 0o755);
  utimesSync(join(root, "program"), age, age);
  return root;
}

describe("an image layer", () => {
  it("has the same digest whenever and in whatever order its files were made", async () => {
    const first = await writeLayer(
      content("one", ["program", "long", "link", "empty", "umlaut"], 1e9),
      join(work, "blobs"),
    );
    const second = await writeLayer(
      content("two", ["umlaut", "empty", "link", "long", "program"], 1.5e9),
      join(work, "blobs"),
    );
    expect(second).toEqual(first);
    writeFileSync(join(work, "two/program"), "#!/bin/sh\n# other\n");
    expect((await writeLayer(join(work, "two"), join(work, "blobs"))).digest).not.toBe(first.digest);
  });

  it("has the same digest however late its end is known", async () => {
    async function* archive(late: boolean): AsyncGenerator<Buffer> {
      for (let piece = 0; piece < 4; piece++) yield Buffer.alloc(512, piece);
      if (late) await new Promise((done) => setTimeout(done, 100));
    }
    const blobs = join(work, "blobs");
    expect(await packLayer(archive(true), blobs)).toEqual(await packLayer(archive(false), blobs));
  });

  it("is read back by tar as it was", async () => {
    const root = content("three", ["program", "long", "link", "empty", "umlaut"], 1e9);
    const layer = await writeLayer(root, join(work, "blobs"));
    const archive = zstdDecompressSync(readFileSync(blobFile(join(work, "blobs"), layer.digest)));
    const listing = execFileSync("tar", ["--numeric-owner", "--utc", "-tvf", "-"], {
      input: archive,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    expect(listing).toMatch(/^-rwxr-xr-x 0\/0 +10 1970-01-01 00:00 program$/m);
    expect(listing).toMatch(/b-link -> program$/m);
    expect(listing).toContain(LONG);
    expect(listing).toMatch(/empty\/$/m);
    const target = join(work, "unpacked");
    mkdirSync(target);
    execFileSync("tar", ["-xf", "-", "-C", target], { input: archive });
    expect(spawnSync("diff", ["-r", root, target], { encoding: "utf8" }).stdout).toBe("");
    expect(archive.length % 512).toBe(0);
  });

  it("gives to a user what is told to be that user's", async () => {
    const root = content("owned", ["program", "link", "empty"], 1e9);
    const owners: Readonly<Record<string, number>> = { empty: 999, "b-link": 999 };
    const layer = await writeLayer(root, join(work, "blobs"), (path) => owners[path] ?? 0);
    const archive = zstdDecompressSync(readFileSync(blobFile(join(work, "blobs"), layer.digest)));
    const listing = execFileSync("tar", ["--numeric-owner", "-tvf", "-"], {
      input: archive,
      encoding: "utf8",
    });
    expect(listing).toMatch(/ 0\/0 .* program$/m);
    expect(listing).toMatch(/ 999\/999 .* empty\/$/m);
    expect(listing).toMatch(/ 999\/999 .* b-link -> program$/m);
  });

  it("refuses what a layer cannot hold", async () => {
    const root = join(work, "pipe");
    mkdirSync(root);
    execFileSync("mkfifo", [join(root, "fifo")]);
    await expect(writeLayer(root, join(work, "blobs"))).rejects.toThrow(
      /fifo is neither file, folder nor symbolic link/,
    );
  });
});

describe("an image layout", () => {
  it("names the manifest by the digest of its bytes, and keeps every blob it names", async () => {
    const layer = await writeLayer(content("four", ["program", "long"], 1e9), join(work, "blobs"));
    const folder = join(work, "layout");
    const digest = await writeLayout({
      folder,
      blobs: join(work, "blobs"),
      tag: "v1",
      layers: [layer, layer],
      settings: SETTINGS,
    });
    const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as {
      manifests: { digest: string; size: number }[];
    };
    expect(index.manifests[0]?.digest).toBe(digest);
    const manifestFile = blobFile(join(folder, "blobs/sha256"), digest);
    const sum = execFileSync("sha256sum", [manifestFile], { encoding: "utf8" });
    expect(`sha256:${sum.slice(0, 64)}`).toBe(digest);
    const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    for (const blob of [manifest.config, ...manifest.layers]) {
      expect(existsSync(blobFile(join(folder, "blobs/sha256"), blob.digest))).toBe(true);
    }
    expect(manifest.layers).toHaveLength(2);
  });

  it.skipIf(spawnSync("skopeo", ["--version"]).status !== 0)(
    "is read by skopeo with the same digest",
    async () => {
      const layer = await writeLayer(content("five", ["program", "umlaut"], 1e9), join(work, "blobs"));
      const folder = join(work, "skopeo");
      const digest = await writeLayout({
        folder,
        blobs: join(work, "blobs"),
        tag: "v1",
        layers: [layer],
        settings: SETTINGS,
      });
      const seen = JSON.parse(
        execFileSync("skopeo", ["inspect", `oci:${folder}:v1`], { encoding: "utf8" }),
      ) as {
        Digest: string;
        Layers: string[];
        Labels: object;
        Env: string[];
      };
      expect(seen).toMatchObject({
        Digest: digest,
        Layers: [layer.digest],
        Labels: SETTINGS.labels,
        Env: ["A=b"],
      });
      execFileSync("skopeo", [
        "--insecure-policy",
        "copy",
        "-q",
        `oci:${folder}:v1`,
        `dir:${join(work, "copy")}`,
      ]);
      expect(existsSync(join(work, "copy/manifest.json"))).toBe(true);
    },
  );
});
