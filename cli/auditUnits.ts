/** Systemd services that run one command once, that of the audit, and the timer that starts it: for the user's own systemd. Pure. */

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
  /** Absolute path of the folder that `pulumi` is in; undefined where it is not found, for where its installer puts it. */
  readonly engine: string | undefined;
}

/** Where a program is looked for beside: `sendmail` is often for administrators alone. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A path in a unit: `%` begins a specifier (systemd.unit(5)). */
export function plain(text: string): string {
  return text.replaceAll("%", "%%");
}

/** In double quotes, with escapes (systemd.syntax(7)). */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** A word of a command line, in which `$` begins a variable (systemd.service(5)); in `Environment=` it begins none. */
function word(text: string): string {
  return quoted(plain(text)).replaceAll("$", "$$$$");
}

/** What is particular to a service. */
interface Service {
  readonly file: string;
  readonly description: string;
  /** Comments on what the file of secrets has. */
  readonly secrets: readonly string[];
  /** The command. */
  readonly verb: string;
  /** Further lines of its section. */
  readonly settings: readonly string[];
}

/** A service that runs one command of ours to its end. */
export function oneshotService(
  { stack, project, node, command, engine }: AuditUnit,
  service: Service,
): string {
  const { file, description, secrets, verb, settings } = service;
  const path = `${engine === undefined ? "%h/.pulumi/bin" : plain(engine)}:${SYSTEM_PATH}`;
  return `# ~/.config/systemd/user/${file}
[Unit]
Description=${plain(description)}

[Service]
Type=oneshot
WorkingDirectory=${plain(project)}
# Pulumi is no program of the system.
Environment=${quoted(`PATH=${path}`)}
${secrets.join("\n")}
EnvironmentFile=-%h/.config/mailstead/${plain(stack)}.env
ExecStart=${word(node)} ${word(command)} ${verb} --stack ${word(stack)}
${settings.join("\n")}
`;
}

/** The service. Drift and a faulty configuration make it fail, so that `systemctl --failed` shows them. */
export function auditService(unit: AuditUnit): string {
  return oneshotService(unit, {
    file: "mailstead-audit.service",
    description: `Audit of the DNS of ${unit.domain}`,
    secrets: [
      "# Mode 0600: the DNS token, PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, and",
      '# MAILSTEAD_NOTIFY="mail:you@example.org" if somebody is to be told.',
    ],
    verb: "audit",
    settings: ["# Propagating is no failure.", "SuccessExitStatus=3", "TimeoutStartSec=5min"],
  });
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
