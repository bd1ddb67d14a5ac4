/**
 * What puts the host's own rules in force: files and a step of the deploy, so that a server of an earlier version has
 * them by one `up`.
 */
import type { Config } from "../model/config.ts";
import { script, unit } from "../host/files.ts";
import { SCRIPTS, SETTINGS } from "../host/paths.ts";
import type { PlannedFile, PlannedStep } from "../model/plan.ts";
import { renderHostRules } from "./hostRules.ts";
import { planFirewall } from "./planFirewall.ts";

/** Rules, what loads them, and its unit. */
export function hostFirewallFiles(config: Config): readonly PlannedFile[] {
  return [
    {
      role: "firewall-rules",
      path: `${SETTINGS}/firewall.nft`,
      mode: "0644",
      content: [renderHostRules(planFirewall(config))],
    },
    script("firewall-script", "firewall.sh"),
    unit("firewall-service", "mailstead-firewall.service"),
  ];
}

/**
 * The rules are loaded before any container starts, port 25 closed unless a server that is at work already knows the
 * domain: the mail gate is asked once.
 */
export function hostFirewallSteps(): readonly PlannedStep[] {
  return [
    {
      role: "firewall",
      command: `${SCRIPTS}/mail-gate.sh once; ${SCRIPTS}/firewall.sh load; systemctl enable --quiet mailstead-firewall.service`,
      files: ["firewall-rules", "firewall-script", "firewall-service"],
      after: [],
      timeoutSeconds: 120,
    },
  ];
}
