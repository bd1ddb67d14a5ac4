/** A systemd service that makes one recovery drill, and the timer that starts it: for the user's own systemd. Pure. */
import { oneshotService, plain, type AuditUnit } from "./auditUnits.ts";

/**
 * The service. A drill that is red, or leaves something, makes it fail. When it is stopped, the command alone is told, which
 * takes away what it made.
 */
export function drillService(unit: AuditUnit): string {
  return oneshotService(unit, {
    file: "mailstead-drill.service",
    description: `Recovery drill of ${unit.domain}`,
    secrets: [
      "# Mode 0600: the token of the server's vendor, PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
    ],
    verb: "drill",
    settings: ["TimeoutStartSec=12h", "KillMode=mixed", "TimeoutStopSec=30min"],
  });
}

/** The timer. Catches up on what it missed while the machine was off. */
export function drillTimer({ domain }: Pick<AuditUnit, "domain">): string {
  return `# ~/.config/systemd/user/mailstead-drill.timer
[Unit]
Description=Monthly recovery drill of ${plain(domain)}

[Timer]
OnCalendar=monthly
RandomizedDelaySec=6h
Persistent=true

[Install]
WantedBy=timers.target
`;
}
