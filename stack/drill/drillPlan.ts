/** The plan of a drill: of the live server's plan, what can be made beside it and taken away again without a trace. */
import { BACKUP_WRITERS, RESTORED_MANIFEST } from "../data/backups.ts";
import { SETTINGS, SSL } from "../host/paths.ts";
import type { Plan, PlannedFile, PlannedStep } from "../model/plan.ts";
import type { SlotName } from "../values/slots.ts";
import { drillFirewall, renderDrillRules } from "./drillRules.ts";

/** Name of the drill's server at its vendor. */
export function drillServerName(domain: string): string {
  return `drill.${domain}`;
}

/** What a drill's host tells of the key that the snapshot had: public half (SPKI DER) in base64. */
export const RESTORED_KEY = "/var/lib/mailstead/restored-dkim.pub";

/** Keys and secrets of the live stack that its mail was written with. A drill has no others. */
export const LIVE_SLOTS = [
  ...["dkimPublicKey", "dkimPrivateKey", "helperEncryptionKey", "helperKeyDigest", "txtEncryptionKey"],
  ...["srsSecret", "webhookSignatureKey", "apiSecret", "smtpTransportPassword", "authBasicPassword"],
  "backupPassword",
] as readonly SlotName[];

/**
 * Right after the restore, before the deploy writes its own keys: stops where nothing was restored, keeps what tells the key of the snapshot,
 * and takes the access to the backups away.
 */
const AFTER_RESTORE: PlannedStep = {
  role: "restored",
  command: [
    `[ -e ${RESTORED_MANIFEST} ] || { echo 'mailstead: there is no backup to restore: ./mailstead backup makes one' >&2; exit 1; }`,
    `openssl pkey -in ${SSL}/dkim.key -pubout -outform DER | base64 -w 0 >${RESTORED_KEY}`,
    `rm -f ${SETTINGS}/backup.env`,
  ].join("\n"),
  files: [],
  after: ["data"],
  timeoutSeconds: 60,
};

/** Steps that would write to the backups, or open the port for mail. */
const LEFT_OUT: ReadonlySet<string> = new Set(["backup-before", "upgrade", "mail-gate", "certificate-timer"]);

/** What is left out is not waited for. */
function keptSteps(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps
    .filter(({ role }) => !LEFT_OUT.has(role))
    .map((step) => ({ ...step, after: step.after.filter((role) => !LEFT_OUT.has(role)) }));
}

function withDrillRules(file: PlannedFile, incoming: Plan["firewall"]): PlannedFile {
  return file.role === "firewall-rules" ? { ...file, content: renderDrillRules(incoming) } : file;
}

/** Nobody goes on with the drill's volume: there is nothing to let go of in order. */
function withoutRelease(plan: Plan): Omit<Plan, "release"> {
  const entries = Object.entries(plan).filter(([part]) => part !== "release");
  return Object.fromEntries(entries) as unknown as Omit<Plan, "release">;
}

/**
 * Makes it: no record, no reverse name, nothing that is protected; SSH alone comes in, no mail goes out, and nothing on
 * the host can write to the backups.
 *
 * @param live plan of the drill's configuration.
 */
export function drillPlan(live: Plan): Plan {
  const plan = withoutRelease(live);
  const firewall = drillFirewall(plan.firewall);
  return {
    ...plan,
    server: { ...plan.server, name: drillServerName(plan.domain) },
    firewall,
    reverseNames: [],
    records: [],
    firstFiles: plan.firstFiles.filter(({ role }) => !BACKUP_WRITERS.includes(role)),
    firstSteps: [...plan.firstSteps, AFTER_RESTORE],
    files: plan.files.map((file) => withDrillRules(file, firewall)),
    steps: keptSteps(plan.steps),
    lastSteps: [],
    generated: [],
  };
}
