/** What an upgrade does, said before it does it. */
import { backupRepository } from "../../stack/data/backups.ts";
import type { Config } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import type { HostUpgrade } from "../../verify/host/upgrade.ts";
import type { Change } from "../pin/written.ts";

/** An upgrade that could begin. */
export interface Intent {
  readonly from: string;
  readonly to: string;
  readonly host: string;
  readonly changes: readonly Change[];
  /** Containers that run another image afterwards, in the plan's order. */
  readonly containers: readonly string[];
  /** Where a backup goes first; null without backups. */
  readonly backup: string | null;
  readonly snapshot: { readonly kind: "reflink" | "copy"; readonly kilobytes: number };
}

/** @param next what the stack's file says afterwards */
export function planUpgrade(
  before: { readonly config: Config; readonly plan: Plan },
  next: { readonly config: Config; readonly plan: Plan },
  changes: readonly Change[],
  { kilobytes, reflink }: HostUpgrade,
): Intent {
  const { config, plan } = before;
  const reference = ({ images }: Plan, role: string) => images.find((one) => one.role === role)?.reference;
  const others = next.plan.images.filter((image) => reference(plan, image.role) !== image.reference);
  const roles = new Set(others.map(({ role }) => role));
  return {
    from: config.mail.release,
    to: next.config.mail.release,
    host: plan.server.name,
    changes,
    containers: next.plan.containers.filter(({ image }) => roles.has(image)).map(({ name }) => name),
    backup: config.backups === undefined ? null : backupRepository(config.backups, plan.domain),
    snapshot: { kind: reflink ? "reflink" : "copy", kilobytes },
  };
}

function mebibytes(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(1)} MiB`;
}

/** Its steps, a line each. */
export function describeIntent(intent: Intent): string {
  const { from, to, host, containers, backup, snapshot } = intent;
  const size = mebibytes(snapshot.kilobytes);
  return [
    `The upgrade of ${host} from ${from} to ${to}:`,
    "  the new images are pulled while all runs",
    backup === null
      ? "  no backup first: the stack has none (docs/guides/backups.md)"
      : `  a backup to ${backup} first, while all runs`,
    "  the ports close: senders keep their mail and try again, and nothing leaves; all containers stop",
    snapshot.kind === "reflink"
      ? `  the data (${size}) are cloned on the volume, without copying`
      : `  the data (${size}) are copied beside themselves: on this disk there is no clone without copying, and mail waits as long`,
    `  ${String(containers.length)} containers are made anew, in their order: ${containers.join(", ")}`,
    "  containers, ports, accounts and domain are looked at; then the ports open, and the clone goes",
    `  where anything of that fails, ${from} comes back by itself with the data of that moment`,
  ].join("\n");
}
