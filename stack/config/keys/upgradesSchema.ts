/** Keys of the upgrades: what the host does by itself at night, and what it proposes. */
import { z } from "zod";
import { because, count, switches, type Fields } from "../../values/field.ts";

export const UPGRADES = {
  system: {
    schema: z.enum(["security", "off"]),
    meaning:
      "which of the distribution's updates the host installs by itself at night: its security updates, or none",
    fix: "set security or off",
    default: because("security" as const, "a known hole is closed within a day, and nothing else changes"),
  },
  hour: {
    schema: count(0, 23),
    meaning: "hour of the day, in UTC, in which updates are installed and the server may restart",
    fix: "set a whole number from 0 to 23",
    default: because(4, "after the backup, and when least mail comes"),
  },
  reboot: {
    schema: switches,
    meaning: "whether the server restarts in that hour where updates need it",
    fix: "set true or false",
    default: because(true, "a new kernel protects nobody until it runs, and senders wait for the minute"),
  },
  releases: {
    schema: z.enum(["propose", "off"]),
    meaning:
      "whether the host looks at night for a newer release of Forward Email, and writes to `email` where there is one",
    fix: "set propose or off",
    default: because("propose" as const, "releases have security updates too, and none is installed unasked"),
  },
} satisfies Fields;
