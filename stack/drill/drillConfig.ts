/** The configuration of a drill: the live one, with nothing in it that would reach the world or outlive the drill. */
import type { Config } from "../model/config.ts";
import type { DrillOf } from "./drillStack.ts";

/**
 * Makes it. Certificates are the snapshot's own, or those of the configuration: none is ordered. Account, domain and aliases are
 * the snapshot's too. The data are on a volume, which alone is filled from backups.
 */
export function drillConfig(live: Config, { snapshot }: DrillOf): Config {
  const { backups, certificates } = live;
  return {
    ...live,
    server: { ...live.server, disposable: true },
    certificates: certificates.method === "provided" ? certificates : { ...certificates, method: "manual" },
    data: { kind: "volume", sizeGb: live.data.sizeGb },
    drift: "off",
    onboarding: "by-hand",
    upgrades: { ...live.upgrades, system: "off", releases: "off" },
    mailboxes: [],
    ...(backups && { backups: { ...backups, restore: snapshot } }),
    protect: false,
  };
}
