/** A systemd service that audits once, and the timer that starts it: for the user's own systemd. Pure. */

/** What the units name. */
export interface AuditUnit {
  readonly domain: string;
  readonly stack: string;
  /** Absolute path of the project. */
  readonly project: string;
  /** Absolute path of Node. */
  readonly node: string;
  /** Absolute path of `mailstead.js`. */
  readonly command: string;
}

/** A path in a unit: `%` begins a specifier (systemd.unit(5)). */
function plain(text: string): string {
  return text.replaceAll("%", "%%");
}

/** A word of a command line (systemd.service(5)). */
function word(text: string): string {
  return `"${plain(text).replace(/["\\]/g, "\\$&").replaceAll("$", "$$$$")}"`;
}

/** The service. Drift and a faulty configuration make it fail, so that `systemctl --failed` shows them. */
export function auditService({ domain, stack, project, node, command }: AuditUnit): string {
  return `# ~/.config/systemd/user/mailstead-audit.service
[Unit]
Description=Audit of the DNS of ${plain(domain)}

[Service]
Type=oneshot
WorkingDirectory=${plain(project)}
# Mode 0600: tokens, PULUMI_CONFIG_PASSPHRASE_FILE, and MAILSTEAD_NOTIFY="mail:you@example.org".
EnvironmentFile=-%h/.config/mailstead/${plain(stack)}.env
ExecStart=${word(node)} ${word(command)} audit --stack ${word(stack)}
# Propagating is no failure.
SuccessExitStatus=3
TimeoutStartSec=5min
`;
}

/** The timer. Catches up on what it missed while the machine was off. */
export function auditTimer({ domain }: Pick<AuditUnit, "domain">): string {
  return `# ~/.config/systemd/user/mailstead-audit.timer
[Unit]
Description=Hourly audit of the DNS of ${plain(domain)}

[Timer]
OnCalendar=hourly
RandomizedDelaySec=10min
Persistent=true

[Install]
WantedBy=timers.target
`;
}
