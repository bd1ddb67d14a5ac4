/**
 * What puts the host's own rules in force, and what opens port 25 once the mail server knows the domain: files and steps
 * of the deploy, so that a server of an earlier version has them by one `up`.
 */
import type { Config } from "../model/config.ts";
import { VERIFICATION_PREFIX } from "../dns/verification.ts";
import { script, settingsText, unit } from "../mail/hostFiles.ts";
import { SCRIPTS, SETTINGS } from "../mail/paths.ts";
import { FIXED } from "../mail/upstreamVariables.ts";
import type { PlannedFile, PlannedStep } from "../model/plan.ts";
import { renderHostRules } from "./hostRules.ts";
import { planFirewall } from "./planFirewall.ts";

const VARIABLES: ReadonlyMap<string, string> = new Map(FIXED);

function variable(name: string): string {
  return VARIABLES.get(name) ?? "";
}

/** Where the gate finds the server's database and cache: as the server itself, by its variables. */
function gateSettings(domain: string): string {
  return settingsText([
    ["DOMAIN", domain],
    ["PREFIX", VERIFICATION_PREFIX],
    ["DATABASE", variable("MONGO_URI")],
    ["CACHE", `${variable("REDIS_HOST")}:${variable("REDIS_PORT")}`],
  ]);
}

/** Rules, gate, and their units. */
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
    {
      role: "mail-gate-settings",
      path: `${SETTINGS}/mail-gate.env`,
      mode: "0644",
      content: [gateSettings(config.domain)],
    },
    script("mail-gate-script", "mail-gate.sh"),
    {
      role: "mail-gate-question",
      path: `${SCRIPTS}/mail-gate-question.cjs`,
      mode: "0644",
      content: { asset: "mail-gate-question.cjs" },
    },
    unit("mail-gate-service", "mailstead-mail-gate.service"),
  ];
}

const SECONDS = 120;
const GATE = "mailstead-mail-gate.service";

/**
 * The rules are loaded before any container starts, port 25 closed unless a server that is at work already knows the
 * domain; then the gate watches.
 */
export function hostFirewallSteps(): readonly PlannedStep[] {
  return [
    {
      role: "firewall",
      command: `${SCRIPTS}/mail-gate.sh once; ${SCRIPTS}/firewall.sh load; systemctl enable --quiet mailstead-firewall.service`,
      files: ["firewall-rules", "firewall-script", "firewall-service"],
      after: [],
      timeoutSeconds: SECONDS,
    },
    {
      role: "mail-gate",
      command: `systemctl enable --quiet ${GATE}; systemctl restart ${GATE}`,
      files: ["mail-gate-settings", "mail-gate-script", "mail-gate-question", "mail-gate-service"],
      after: ["firewall"],
      timeoutSeconds: SECONDS,
    },
  ];
}
