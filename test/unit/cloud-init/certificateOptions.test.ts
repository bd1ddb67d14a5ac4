/**
 * Proves: the certificate script asks certbot for the authenticator, credentials and wait that the plan's settings name,
 * and orders anew when CA or authenticator are no longer those of the certificate at hand.
 * Cannot prove: that certbot gets a certificate with them; the sandbox orders some.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planOf, textOf } from "../stack/support/planOf.ts";
import { rawWith } from "../stack/support/validRaw.ts";

const script = readFileSync(join(import.meta.dirname, "../../../cloud-init/files/certificate.sh"), "utf8");

/** One function of the script, as it stands there. */
function functionText(name: string): string {
  const found = new RegExp(`^${name}\\(\\) \\{\\n[\\s\\S]*?^\\}$`, "m").exec(script);
  if (found === null) throw new Error(`the script has no function ${name}`);
  return found[0];
}

function settings(changes: Readonly<Record<string, unknown>>): string {
  return textOf(planOf(rawWith(changes)), "certificate-env", String);
}

function bash(text: string) {
  const run = spawnSync("bash", ["-c", `set -euo pipefail\n${text}`], { encoding: "utf8" });
  return { status: run.status, lines: run.stdout.split("\n").slice(0, -1), said: run.stderr };
}

test.each([
  [
    "Cloudflare",
    { "certificates.propagationSeconds": 5 },
    [
      ...["--authenticator", "dns-cloudflare", "--dns-cloudflare-credentials", "/root/.cloudflare.ini"],
      ...["--dns-cloudflare-propagation-seconds", "5"],
    ],
  ],
  [
    "DigitalOcean",
    { "dns.provider": "digitalocean" },
    [
      ...["--authenticator", "dns-digitalocean", "--dns-digitalocean-credentials", "/root/.digitalocean.ini"],
      ...["--dns-digitalocean-propagation-seconds", "10"],
    ],
  ],
  [
    "none, over http",
    { "dns.provider": "hetzner", "certificates.method": "http-01" },
    ["--authenticator", "standalone"],
  ],
])("certbot's options with the plugin of %s", (_, changes, options) => {
  const { status, lines, said } = bash(
    `${settings(changes)}${functionText("challenge_options")}\nchallenge_options`,
  );
  expect([said, status, lines]).toEqual(["", 0, options]);
});
