/** An upgrade that is not ended, as the host keeps it (cloud-init/files/upgrade.sh), and what the next step is. */
import { z } from "zod";
import { UPGRADE_SCRIPT } from "../../stack/host/paths.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { AskHost, Finding } from "../model/finding.ts";

/** Empty where no upgrade is under way. */
const PHASES = ["", "announced", "closing", "cloned", "restoring", "restored", "ended"] as const;

const upgradeSchema = z.object({
  phase: z.enum(PHASES),
  from: z.string(),
  to: z.string(),
  /** Date and time in UTC (ISO 8601). */
  begun: z.string(),
  /** What the command gave to be kept. */
  changes: z.unknown(),
  /** Size of the data, and room beside them. */
  kilobytes: z.number(),
  freeKilobytes: z.number(),
  /** Whether a copy costs no reading. */
  reflink: z.boolean(),
  /** Whether the host keeps everybody out now. */
  closed: z.boolean(),
});

/** State of the upgrade on a host. */
export type HostUpgrade = z.infer<typeof upgradeSchema>;

/** Asks the host; undefined where it was deployed by a version that had no upgrade. */
export async function askUpgrade(ask: AskHost): Promise<HostUpgrade | undefined> {
  const answer = (await ask(`[ ! -x ${UPGRADE_SCRIPT} ] || ${UPGRADE_SCRIPT} look\n`)).trim();
  return answer === "" ? undefined : upgradeSchema.parse(JSON.parse(answer));
}

/** What is the case, in words. */
export function upgradeInWords({ phase, from, to, begun, closed }: HostUpgrade): string {
  const what = `the upgrade from ${from} to ${to} of ${begun} is not ended`;
  const ports = closed ? "the ports are closed, and mail waits at its senders" : "the ports are open";
  const stages: Readonly<Record<HostUpgrade["phase"], string>> = {
    "": "",
    announced: `nothing was changed on the host yet; ${ports}`,
    closing: `it was cut off while the data were cloned; ${ports}`,
    cloned: `${to} is not proved; ${ports}`,
    restoring: `it was cut off while the data were put back; ${ports}`,
    restored: `the data are again those of ${from}, and its containers may not run yet; ${ports}`,
    ended: `all but its remains is done; ${ports}`,
  };
  return `${what}: ${stages[phase]}`;
}

/** What goes on with it. */
export function nextOfUpgrade({ phase }: HostUpgrade): string {
  const command = `${COMMAND} upgrade`;
  if (phase === "restoring" || phase === "restored") return `${command} ends the way back`;
  if (phase === "ended") return `${command} clears it away`;
  return `${command} goes on, and back by itself where the release fails; ${command} --back goes back`;
}

/** One finding where an upgrade is not ended; none else. */
export async function checkUpgrade(ask: AskHost): Promise<Finding[]> {
  const upgrade = await askUpgrade(ask);
  if (upgrade === undefined || upgrade.phase === "") return [];
  const state = upgrade.phase === "announced" || upgrade.phase === "ended" ? "warn" : "bad";
  return [{ subject: "upgrade", state, seen: upgradeInWords(upgrade), fix: nextOfUpgrade(upgrade) }];
}
