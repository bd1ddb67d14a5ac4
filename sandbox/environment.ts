/** Writes what `./sandbox/run` needs: resolv.conf, tokens, the engine's folders and the exports. */

import { randomBytes } from "node:crypto";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addresses, cacheDir, paths, runDir } from "./groundPlan.ts";

/** Makes the files where they are missing; tokens and passphrase stay the same as long as the sandbox lives. */
export async function writeEnvironment(): Promise<void> {
  await mkdir(runDir, { recursive: true });
  await mkdir(paths.cloudDir, { recursive: true, mode: 0o700 });
  for (const folder of ["home", "state"])
    await mkdir(join(paths.pulumiDir, folder), { recursive: true, mode: 0o700 });
  // A file where the engine wants a folder: it writes a log of each command there, packed and encrypted, in about a tenth
  // of the command's time, and nobody here reads them.
  await keep(join(paths.pulumiDir, "home", "logs"), "");
  await writeFile(paths.resolvConf, `nameserver ${addresses.resolver.ipv4}\noptions timeout:3 attempts:2\n`);
  // Lengths as the vendors' own: the real plugins refuse a Hetzner token that has not 64 characters.
  const first = { hetzner: paths.hetznerToken, cloudflare: paths.cloudflareToken };
  for (const files of [{ ...first, digitalocean: paths.digitaloceanToken }, paths.otherTokens]) {
    await keep(files.hetzner, randomBytes(32).toString("hex"));
    await keep(files.cloudflare, randomBytes(20).toString("hex"));
    await keep(files.digitalocean, `dop_v1_${randomBytes(32).toString("hex")}`);
  }
  await keep(join(paths.pulumiDir, "passphrase"), randomBytes(24).toString("base64url"));
  await writeFile(paths.env, exportsText(), { mode: 0o600 });
}

/** The bash file. Secrets are read from their files at the moment of use and stand in no argument. */
export function exportsText(): string {
  const path = [join(cacheDir, "node", "node_modules", ".bin"), join(cacheDir, "bin")];
  const plain = {
    PULUMI_HOME: join(paths.pulumiDir, "home"),
    // Without its sidecar files: one that a killed run leaves empty makes the state beside it unreadable.
    PULUMI_BACKEND_URL: `file://${join(paths.pulumiDir, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(paths.pulumiDir, "passphrase"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // The engine's runs are short: collecting garbage less often spares a tenth of each.
    GOGC: "400",
    // Behind the front; one who has it set to something else must not get there.
    DIGITALOCEAN_API_URL: "https://api.digitalocean.com",
    NODE_EXTRA_CA_CERTS: paths.trust,
    // For the tests' own programs as the product does it for itself: they are loaded hundreds of times.
    NODE_COMPILE_CACHE: join(cacheDir, "compiled"),
    // Each family of programs has its own name for it: Go and OpenSSL, curl, Python.
    SSL_CERT_FILE: paths.trust,
    CURL_CA_BUNDLE: paths.trust,
    REQUESTS_CA_BUNDLE: paths.trust,
  };
  const fromFiles = {
    HCLOUD_TOKEN: paths.hetznerToken,
    CLOUDFLARE_API_TOKEN: paths.cloudflareToken,
    DIGITALOCEAN_TOKEN: paths.digitaloceanToken,
  };
  return [
    "# Written by sandbox/environment.ts.",
    `export PATH=${quote(path.join(":"))}:$PATH`,
    // It would be believed beside the file, or before it.
    "unset SSL_CERT_DIR",
    ...Object.entries(plain).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...Object.entries(fromFiles).map(([name, file]) => `${name}=$(<${quote(file)}); export ${name}`),
    "",
  ].join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

async function keep(file: string, value: string): Promise<void> {
  if (
    await access(file).then(
      () => true,
      () => false,
    )
  )
    return;
  await writeFile(file, value, { mode: 0o600 });
}
