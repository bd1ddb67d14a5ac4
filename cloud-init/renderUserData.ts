/** Renders user-data: the first boot of our hosts, and the guide's own for any other cloud. */
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { PlannedBoot, PlannedServer } from "../stack/plan.ts";
import type { CloudConfig, WriteFile } from "./cloudConfig.ts";
import { planCloudConfig, profileEnvironment } from "./planCloudConfig.ts";
import { placeholder, type Sources } from "./sources.ts";

/**
 * Largest user-data in bytes. Hetzner takes 32 KiB and DigitalOcean 64 KiB. The configuration bounds everything in it
 * that people may write, their own keys above all, so that no server is refused for it after its addresses are made.
 */
export const USER_DATA_LIMIT_BYTES = 16 * 1024;

/** `#cloud-config` text of a document: YAML 1.1, as cloud-init's parser reads it. */
export function renderCloudConfig(document: CloudConfig): string {
  return `#cloud-config\n${stringify(document, { version: "1.1", lineWidth: 0, blockQuote: "literal" })}`;
}

/** User-data of a host: deterministic in `boot` and `sources`. Secret, since it carries the SSH host key. */
export function renderUserData(boot: PlannedBoot, sources: Sources): string {
  return renderCloudConfig(planCloudConfig(boot, sources));
}

/**
 * Hash of what waits for the next generation: user-data without late values, image and type. 12 hex digits.
 *
 * It is kept with the server as a label, so that a preview knows what the deployed one was made from.
 */
export function bootHash(server: PlannedServer, sources: Pick<Sources, "asset">): string {
  const text = renderUserData(server.boot, { slot: placeholder, asset: (name) => sources.asset(name) });
  return createHash("sha256")
    .update(JSON.stringify([text, server.image, server.type]))
    .digest("hex")
    .slice(0, 12);
}

/** What the guide's own scripts know of DNS providers: a token file for Cloudflare, and nothing for others. */
function guideCredentials(
  { dnsProvider }: Pick<PlannedBoot, "dnsProvider">,
  sources: Pick<Sources, "slot">,
): WriteFile[] {
  if (dnsProvider !== "cloudflare") return [];
  return [
    {
      path: "/root/.cloudflare.ini",
      owner: "root:root",
      permissions: "0600",
      content: `dns_cloudflare_api_token = "${sources.slot("dnsApiToken")}"\n`,
    },
  ];
}

/**
 * The guide's complete user-data, for a cloud that Mailstead does not drive.
 *
 * @param boot its environment has EMAIL, DOMAIN and AUTH_BASIC_USERNAME.
 * @see Forward Email's self-hosting guide, "Cloud-init / user-data"
 */
export function renderGuideUserData(
  boot: Pick<PlannedBoot, "environment" | "dnsProvider">,
  sources: Pick<Sources, "slot">,
): string {
  return renderCloudConfig({
    write_files: [
      ...guideCredentials(boot, sources),
      {
        path: "/etc/profile.d/env.sh",
        owner: "root:root",
        permissions: "0755",
        content: profileEnvironment({
          ...boot.environment,
          AUTH_BASIC_PASSWORD: sources.slot("authBasicPassword"),
        }),
      },
    ],
    runcmd: [["chmod", "+x", "/etc/profile.d/env.sh"]],
  });
}
