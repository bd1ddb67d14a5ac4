/** What opens port 25 once the mail server knows the domain. */
import type { Config } from "../model/config.ts";
import { script, settingsText, unit } from "../host/files.ts";
import { SCRIPTS, SETTINGS } from "../host/paths.ts";
import type { PlannedFile, PlannedStep } from "../model/plan.ts";
import { VERIFICATION_PREFIX } from "../services/siteVerification.ts";
import { FIXED } from "./upstreamVariables.ts";

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

/** The gate with its settings, its question to the database, and its unit. */
export function mailGateFiles(config: Config): readonly PlannedFile[] {
  return [
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

const GATE = "mailstead-mail-gate.service";

/** The gate watches from the time on that the rules are loaded. @param after further steps that come before it */
export function mailGateSteps(after: readonly string[]): readonly PlannedStep[] {
  return [
    {
      role: "mail-gate",
      command: `systemctl enable --quiet ${GATE}; systemctl restart ${GATE}`,
      files: ["mail-gate-settings", "mail-gate-script", "mail-gate-question", "mail-gate-service"],
      after: ["firewall", ...after],
      timeoutSeconds: 120,
    },
  ];
}
