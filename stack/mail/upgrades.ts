/** What the host does by itself at night: security updates of its distribution, and a look for a newer release. */
import { CONTACT_MAIL } from "../host/contactMail.ts";
import { script, settingsText, unit } from "../host/files.ts";
import { SETTINGS } from "../host/paths.ts";
import type { Config } from "../model/config.ts";
import type { PlannedFile, PlannedStep } from "../model/plan.ts";

export const UPGRADES_TIMER = "mailstead-upgrades.timer";

/** Where it writes down what came of it. */
export const UPGRADES_STATE = "/var/lib/mailstead/upgrades.json";

function settings(config: Config): PlannedFile {
  const { domain, contact, upgrades, mail } = config;
  const { repository, tag } = mail.images.app;
  const content = settingsText([
    ["DOMAIN", domain],
    ["CONTACT", contact],
    ["SYSTEM", upgrades.system],
    ["REBOOT", String(upgrades.reboot)],
    ["RELEASES", upgrades.releases],
    ["RELEASE", tag],
    ["IMAGE", repository],
  ]);
  return { role: "upgrades-settings", path: `${SETTINGS}/upgrades.env`, mode: "0644", content: [content] };
}

function hourOfTimer({ upgrades }: Config): PlannedFile {
  const hour = String(upgrades.hour).padStart(2, "0");
  return {
    role: "upgrades-hour",
    path: `/etc/systemd/system/${UPGRADES_TIMER}.d/hour.conf`,
    mode: "0644",
    content: [`[Timer]\nOnCalendar=\nOnCalendar=*-*-* ${hour}:00:00 UTC\n`],
    afterChange: "systemctl daemon-reload",
  };
}

function isOn({ upgrades }: Pick<Config, "upgrades">): boolean {
  return upgrades.system === "security" || upgrades.releases === "propose";
}

/** Settings, scripts and units; nothing but apt's settings where all of it is off, so that the distribution's timer is off too. */
export function nightlyFiles(config: Config): readonly PlannedFile[] {
  const apt: PlannedFile = {
    role: "upgrades-apt",
    path: "/etc/apt/apt.conf.d/60mailstead-upgrades",
    mode: "0644",
    content: { asset: "upgrades.conf" },
  };
  if (!isOn(config)) return [apt];
  return [
    apt,
    settings(config),
    script("upgrades-script", "upgrades.sh"),
    script("upgrades-records-script", "upgrades-records.py"),
    ...(config.backups === undefined ? [CONTACT_MAIL] : []),
    unit("upgrades-service", "mailstead-upgrades.service"),
    unit("upgrades-timer", UPGRADES_TIMER),
    hourOfTimer(config),
  ];
}

/** Servers that were booted by an earlier version do not have it. */
const NEED_PACKAGE =
  "command -v unattended-upgrade >/dev/null || { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y " +
  "--no-install-recommends install unattended-upgrades; } >/dev/null";

const SWITCH_ON = [`systemctl enable --quiet ${UPGRADES_TIMER}`, `systemctl restart ${UPGRADES_TIMER}`];

const SWITCH_OFF = [
  `[ ! -e /etc/systemd/system/${UPGRADES_TIMER} ] || systemctl disable --quiet --now ${UPGRADES_TIMER}`,
];

/** Switches the timer on or off, on servers that run already too. */
export function nightlySteps(config: Pick<Config, "upgrades">): readonly PlannedStep[] {
  const on = isOn(config);
  const lines = [
    ...(config.upgrades.system === "security" ? [NEED_PACKAGE] : []),
    ...(on ? SWITCH_ON : SWITCH_OFF),
  ];
  return [
    {
      role: "upgrades",
      command: lines.join("\n"),
      files: on ? ["upgrades-service", "upgrades-timer", "upgrades-hour"] : [],
      after: [],
      timeoutSeconds: 600,
    },
  ];
}
