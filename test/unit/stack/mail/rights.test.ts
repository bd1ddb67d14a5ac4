/**
 * Proves: what each planned container may do, of the smallest and the fullest configuration: no capability but those of a
 * table.
 * Cannot prove: that the images work with these rights. The sandbox does for its stand-ins, which end as upstream's and
 * have the official images' entry points; nobody here ran the real ones.
 */
import { describe, expect, test } from "vitest";
import type { Plan } from "../../../../stack/model/plan.ts";
import { planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

const FULL = planOf(rawWith({ "dns.autoconfig": true }));
const SMALL = planOf(rawWith({ "mail.storage": false }));

const BIND = "CAP_NET_BIND_SERVICE";
const BECOME = ["CAP_SETGID", "CAP_SETUID"];

/** Who keeps what; all others keep nothing. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  "sni-router": [BIND, ...BECOME],
  smtp: [BIND],
  mx: [BIND],
  imap: [BIND],
  pop3: [BIND],
  mongodb: ["CAP_CHOWN", "CAP_DAC_OVERRIDE", ...BECOME],
  redis: ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID"],
  "well-known": ["CAP_CHOWN", ...BECOME],
};

describe("rights", () => {
  test.each<[string, Plan]>([
    ["everything", FULL],
    ["no mailboxes", SMALL],
  ])(
    "%s: root without capabilities but those of the table, and no way to gain any",
    (_name, { containers }) => {
      expect(containers.map(({ name, rights }) => [name, rights])).toEqual(
        containers.map(({ name }) => [
          name,
          { user: "0:0", capabilities: KEPT[name] ?? [], noNewPrivileges: true },
        ]),
      );
    },
  );

  test("exactly those that bind a port below 1024 may bind one", () => {
    const binders = FULL.containers.filter(({ ports }) => ports.some((port) => port < 1024));
    const may = FULL.containers.filter(({ rights }) => rights.capabilities.includes(BIND));
    expect(may).toEqual(binders);
    expect(may.map(({ ports }) => ports)).toEqual([[443], [465], [25], [993], [995]]);
  });
});
