/**
 * Packages of the first boot, one table a distribution.
 *
 * The distribution's own docker is taken: it needs no foreign archive key at first boot, and an upgrade of it
 * comes with the distribution's security updates.
 */
import type { Distribution } from "../stack/plan.ts";

const COMMON = [
  "certbot",
  "python3-certbot-dns-cloudflare",
  "restic",
  "nftables",
  "iptables",
  "ca-certificates",
  "curl",
];

/** What the first boot installs, in the order in which it is written. */
export const PACKAGES: Readonly<Record<Distribution, readonly string[]>> = {
  // Ubuntu's docker.io brings the command line client with it.
  "ubuntu-24.04": ["docker.io", ...COMMON],
  // Debian 13 split the client off, and only recommends it.
  "debian-13": ["docker.io", "docker-cli", ...COMMON],
};
