/**
 * Packages of the first boot, one table a distribution.
 *
 * The distribution's own docker is taken: it needs no foreign archive key at first boot, and an upgrade of it
 * comes with the distribution's security updates.
 */
import { findAuthenticator } from "../stack/vendors/authenticator.ts";
import type { Distribution, PlannedBoot } from "../stack/model/plan.ts";

const DOCKER: Readonly<Record<Distribution, readonly string[]>> = {
  // Ubuntu's docker.io brings the command line client with it.
  "ubuntu-24.04": ["docker.io"],
  // Debian 13 split the client off, and only recommends it.
  "debian-13": ["docker.io", "docker-cli"],
};

const COMMON = [
  "restic",
  "rsync",
  "xfsprogs",
  "nftables",
  "iptables",
  "ca-certificates",
  "curl",
  "unattended-upgrades",
];

/**
 * What the first boot installs, in the order in which it is written.
 *
 * Certbot's plugin for the DNS provider comes whatever the certificate's method is, so that a change of it needs no
 * new generation.
 */
export function listPackages({
  distribution,
  dnsProvider,
}: Pick<PlannedBoot, "distribution" | "dnsProvider">): readonly string[] {
  const plugin = findAuthenticator(dnsProvider, distribution)?.package;
  return [...DOCKER[distribution], "certbot", ...(plugin === undefined ? [] : [plugin]), ...COMMON];
}
