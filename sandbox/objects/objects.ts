/** The S3 server: versitygw, behind the front under the name of Hetzner's object storage in Nuremberg. */

import { randomBytes } from "node:crypto";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureGoTool, pinnedVersion } from "../engine/goTool.ts";
import { bucket, cacheDir, loopback, paths, ports } from "../groundPlan.ts";
import { run } from "../process/command.ts";
import { startService } from "../process/service.ts";
import type { Service } from "../process/service.ts";

/** A signature for another region is refused, as at the vendor. */
const region = "nbg1";

/**
 * Sees to it that `cacheDir/bin` holds `versitygw`. A cold build takes about 2 minutes on two cores.
 *
 * @returns which, in words.
 * @throws {Error} with the compiler's or Go's own words.
 */
export async function ensureObjectsServer(cache: string): Promise<string> {
  const source = import.meta.dirname;
  const bin = join(cache, "bin");
  const program = "versitygw";
  const tool = { source, program, path: join(bin, program) };
  const built = await ensureGoTool(tool, cache, join(bin, ".versitygw.built-from"));
  const version = await pinnedVersion(source, "github.com/versity/versitygw");
  return `versitygw ${version} ${built ? "built" : "is built"}`;
}

// Its keys are in the environment of its own process alone: as arguments, every user of the machine would see them.
const start = `ROOT_ACCESS_KEY=$(cat "$1") ROOT_SECRET_KEY=$(cat "$2")
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
shift 2
exec "$@"`;

/** versitygw, ready when it answers (with a refusal: nobody has signed). */
export const objectsService: Service = {
  name: "objects",
  command: "sh",
  args: [
    ...["-c", start, "objects", paths.objectsKeys.id, paths.objectsKeys.secret],
    ...[join(cacheDir, "bin", "versitygw"), "--port", loopback(ports.objects), "--region", region, "--quiet"],
    // Further accounts, such as one that may only read, are made by `versitygw admin`.
    ...["--iam-dir", join(paths.objectsDir, "accounts"), "posix", paths.objectsData],
  ],
  ready: async () => (await signed("GET", "")) === "200",
  readyTimeoutSeconds: 15,
};

/** Starts the server, and makes the bucket where it is not there. */
export async function startObjects(): Promise<boolean> {
  await mkdir(paths.objectsDir, { recursive: true, mode: 0o700 });
  for (const folder of [paths.objectsData, join(paths.objectsDir, "accounts")])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  // Lengths as the vendor's.
  await keep(paths.objectsKeys.id, randomBytes(10).toString("hex").toUpperCase());
  await keep(paths.objectsKeys.secret, randomBytes(20).toString("hex"));
  const started = await startService(objectsService);
  if ((await signed("HEAD", bucket)) === "404") {
    const status = await signed("PUT", bucket);
    if (status !== "200") throw new Error(`the S3 server answered ${status} when asked for a bucket`);
  }
  return started;
}

/** The status of the answer to a request without a body, signed by the root account. */
async function signed(method: "GET" | "HEAD" | "PUT", path: string): Promise<string> {
  const [id, secret] = await Promise.all(
    [paths.objectsKeys.id, paths.objectsKeys.secret].map((file) => readFile(file, "utf8")),
  );
  const how = method === "HEAD" ? ["--head"] : ["--request", method];
  return run(
    "curl",
    [
      ...["--silent", "--max-time", "5", "--output", "/dev/null", "--write-out", "%{http_code}", ...how],
      // Debian 12's curl leaves this one out.
      ...["--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "--aws-sigv4", `aws:amz:${region}:s3`],
      ...["--config", "-", `http://${loopback(ports.objects)}/${path}`],
    ],
    { inside: true, input: `user = "${id}:${secret}"\n` },
  );
}

async function keep(file: string, value: string): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (!there) await writeFile(file, value, { mode: 0o600 });
}
