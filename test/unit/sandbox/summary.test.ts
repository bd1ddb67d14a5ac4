/**
 * Proves: what tests read from the engine's output is read right: its counts, and its warnings of a zone.
 * Cannot: that the engine prints so; each sandbox test that counts would fail.
 */
import { expect, test } from "vitest";
import { counts, countsLine, zoneWarnings } from "../../support/summary.ts";

const run = (list: string): string =>
  `Updating (dev):\n    webAddress: "https://example.com"\n\nResources:\n${list}\n\nDuration: 19s\n\n`;

test.each([
  [
    "    ~ 1 updated\n    +-12 replaced\n    13 changes. 61 unchanged",
    { updated: 1, replaced: 12, unchanged: 61 },
  ],
  ["    + 2 created\n    72 unchanged", { created: 2, unchanged: 72 }],
  [
    "    + 1 to create\n    - 1 to delete\n    2 changes. 9 unchanged",
    { create: 1, delete: 1, unchanged: 9 },
  ],
  ["    32 unchanged\n    1 errored", { unchanged: 32, errored: 1 }],
])("counts %j", (list, wanted) => {
  expect(counts(run(list))).toEqual(wanted);
});

test("counts nothing where nothing is listed", () => {
  expect(counts("error: no stack\n")).toEqual({});
  expect(countsLine(run("    ~ 1 updated\n    73 unchanged"))).toBe("1 updated, 73 unchanged");
});

test("warnings of a zone are told from others", () => {
  const unmanaged = "warning: DNS: unmanaged A blog.example.com: stands there → remove it";
  const unread = "warning: The zone example.com could not be compared with what is declared: no token";
  const printed = [
    "Diagnostics:",
    "  pulumi:pulumi:Stack (mailstead-dev):",
    "    warning: Waits for the next generation: type cx23 → cx33.",
    `    ${unmanaged}`,
    `    ${unread}`,
  ];
  expect(zoneWarnings(printed.join("\n"))).toEqual([unmanaged, unread]);
});
