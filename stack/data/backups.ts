/** Backups: settings, scripts and units on the host, and what switches them on or off there. */
import type { BackupsConfig, Config } from "../model/config.ts";
import type { GeneratedValue, PlannedFile, PlannedImage, PlannedStep } from "../model/plan.ts";
import { CONTACT_MAIL } from "../host/contactMail.ts";
import { script, settingsText, unit } from "../host/files.ts";
import { SCRIPTS, SETTINGS, UPGRADE_SCRIPT, WAITING_MAIL_PROGRAM } from "../host/paths.ts";
import { SENDER, WAITING_MAIL } from "../services/waitingMail.ts";
import { shellQuote } from "../values/shellQuote.ts";
import { slot, template, type SlotName, type Template } from "../values/slots.ts";

/** Long enough for one that nobody ever types. */
const PASSWORD_LENGTH = 40;

/**
 * Password of the repository. It is made once, and stays where backups are switched off for a while: with another one nothing
 * of what was written could be read.
 */
export const BACKUP_VALUES: readonly GeneratedValue[] = [
  { kind: "password", role: "backup-password", slot: "backupPassword", length: PASSWORD_LENGTH },
];

/** Folder in the bucket that holds the repository. */
export function backupPrefix({ prefix }: BackupsConfig, domain: string): string {
  return prefix ?? domain;
}

/** Where restic finds the repository, by path-style names, which every vendor has. */
export function backupRepository(backups: BackupsConfig, domain: string): string {
  return `s3:https://${backups.endpoint}/${backups.bucket}/${backupPrefix(backups, domain)}`;
}

function plainSettings(config: Config, backups: BackupsConfig, images: readonly PlannedImage[]): string {
  const { domain, contact, generation, mail } = config;
  return settingsText([
    ["DOMAIN", domain],
    ["GENERATION", String(generation)],
    ["CONTACT", contact],
    ["REPOSITORY", backupRepository(backups, domain)],
    ["ENDPOINT", backups.endpoint],
    ["BUCKET", backups.bucket],
    ["PREFIX", backupPrefix(backups, domain)],
    ["REGION", backups.region ?? ""],
    ["KEEP_DAILY", String(backups.keepDaily)],
    ["KEEP_WEEKLY", String(backups.keepWeekly)],
    ["KEEP_MONTHLY", String(backups.keepMonthly)],
    ["RELEASE", mail.release],
    ["RESTORE", backups.restore],
    ["RESTORE_OTHER_RELEASE", String(backups.restoreOtherRelease)],
    ["SENDER", SENDER],
    ["IMAGES", images.map(({ role, reference }) => `${role}=${reference}`).join(" ")],
  ]);
}

/** Of the stack that a snapshot has to be of: its name, and what its keys are known by. */
function lateSettings(): Template {
  return [
    ...template`STACK='${slot("stackName")}'\n`,
    ...template`KEY_DIGEST='${slot("helperKeyDigest")}'\n`,
    ...template`DKIM_PUBLIC_KEY='${slot("dkimPublicKey")}'\n`,
  ];
}

/** Nothing that fills these slots has a quote in it: the checks of the configuration see to it. */
function secretSettings({ pingUrl }: BackupsConfig): Template {
  const secrets: readonly (readonly [string, SlotName])[] = [
    ["RESTIC_PASSWORD", "backupPassword"],
    ["AWS_ACCESS_KEY_ID", "backupAccessKeyId"],
    ["AWS_SECRET_ACCESS_KEY", "backupSecretAccessKey"],
    ...(pingUrl === undefined ? [] : [["PING_URL", "backupPingUrl"] as const]),
  ];
  return secrets.flatMap(([name, value]) => template`${name}='${slot(value)}'\n`);
}

/** As long as the unit of the daily one has. */
export const BACKUP_SECONDS = 10 * 3600;

const SECRETS_FILE = `${SETTINGS}/backup.env`;
const TIMER_FILE = "/etc/systemd/system/mailstead-backup.timer.d/hour.conf";

/** The hour is the owner's, the unit the same everywhere. */
function hourOfTimer({ hour }: BackupsConfig): PlannedFile {
  const text = `[Timer]\nOnCalendar=\nOnCalendar=*-*-* ${String(hour).padStart(2, "0")}:00:00 UTC\n`;
  return {
    role: "backup-hour",
    path: TIMER_FILE,
    mode: "0644",
    content: [text],
    afterChange: "systemctl daemon-reload",
  };
}

const UNITS = {
  "backup-service": "mailstead-backup.service",
  "backup-timer": "mailstead-backup.timer",
  "backup-check-service": "mailstead-backup-check.service",
  "backup-check-timer": "mailstead-backup-check.timer",
  "backup-thaw-service": "mailstead-backup-thaw.service",
} as const;

/** Where a volume keeps the manifest of the snapshot that it was filled from. */
export const RESTORED_MANIFEST = "/mnt/mailstead/restored.json";

const PARTS = {
  "backup-data-script": "backup-data.sh",
  "backup-repository-script": "backup-repository.sh",
  "backup-tell-script": "backup-tell.sh",
  "backup-records-script": "backup-records.py",
  "restore-records-script": "restore-records.py",
} as const;

/** Roles of what writes to the backups or tells of them. The others are enough to restore. */
export const BACKUP_WRITERS: readonly string[] = [
  ...Object.keys(UNITS),
  ...["backup-script", "backup-tell-script", "backup-hour"],
];

/** Settings, scripts and units; nothing without backups. */
export function backupFiles(config: Config, images: readonly PlannedImage[]): readonly PlannedFile[] {
  const { backups } = config;
  if (backups === undefined) return [];
  return [
    {
      role: "backup-settings",
      path: `${SETTINGS}/backup.conf`,
      mode: "0644",
      content: [plainSettings(config, backups, images), ...lateSettings()],
    },
    { role: "backup-secrets", path: SECRETS_FILE, mode: "0600", content: secretSettings(backups) },
    script("backup-script", "backup.sh"),
    script("restore-script", "restore.sh"),
    CONTACT_MAIL,
    { role: "waiting-mail", path: WAITING_MAIL_PROGRAM, mode: "0644", content: [WAITING_MAIL] },
    ...Object.entries(PARTS).map(([role, asset]) => script(role, asset)),
    ...Object.entries(UNITS).map(([role, asset]) => unit(role, asset)),
    hourOfTimer(backups),
  ];
}

/** Where the host has the script, and its daily timer. */
export const BACKUP_SCRIPT = `${SCRIPTS}/backup.sh`;
export const BACKUP_TIMER = UNITS["backup-timer"];

const TIMERS = [BACKUP_TIMER, UNITS["backup-check-timer"]];
const ENABLED = [...TIMERS, UNITS["backup-thaw-service"]];

/** Hosts that were booted by an earlier version have no rsync. */
const NEED_RSYNC =
  "command -v rsync >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get -q -y install rsync >/dev/null";

const SWITCH_ON = [
  NEED_RSYNC,
  `systemctl enable --quiet ${ENABLED.join(" ")}`,
  `systemctl restart ${TIMERS.join(" ")}`,
];

/** They may have been on before; then the key of the bucket is on the host too. */
const SWITCH_OFF = [
  `for unit in ${ENABLED.join(" ")}; do [ ! -e "/etc/systemd/system/$unit" ] || systemctl disable --quiet --now "$unit"; done`,
  `rm -f ${SECRETS_FILE}`,
];

/** Switches the timers on, or off where there are no backups (any more). */
export function backupSteps({ backups }: Pick<Config, "backups">): readonly PlannedStep[] {
  const isOn = backups !== undefined;
  return [
    {
      role: "backups",
      command: (isOn ? SWITCH_ON : SWITCH_OFF).join("\n"),
      files: isOn ? [...Object.keys(UNITS), "backup-hour"] : [],
      after: [],
      timeoutSeconds: 300,
    },
  ];
}

/**
 * A snapshot before other images run on the data, as none goes back to an older release on data that a newer one has written.
 * Its text names the images, and so it runs again whenever one of them changes. On a host where nothing runs yet there is nothing
 * to keep, and nothing on the way back from an upgrade, before which there was one. Where it fails the containers stay as they are.
 */
export function backupBeforeChange(
  { backups }: Pick<Config, "backups">,
  images: readonly PlannedImage[],
): readonly PlannedStep[] {
  if (backups === undefined) return [];
  const references = images.map(({ reference }) => reference).join(" ");
  const command = [
    `: ${shellQuote(references)}`,
    NEED_RSYNC,
    `[ -z "$(docker ps --quiet)" ] || ${UPGRADE_SCRIPT} going-back || ${BACKUP_SCRIPT} run`,
  ].join("\n");
  return [{ role: "backup-before", command, files: [], after: [], timeoutSeconds: BACKUP_SECONDS }];
}
