/**
 * Proves: what is said of a drill beside the one before, and the page of it: whole, without a script, everything that came
 * from outside escaped.
 * Cannot prove: how a browser shows it; the style is the audit's, which test/browser looks at.
 */
import { parse } from "parse5";
import { expect, test } from "vitest";
import type { DrillRecord } from "../../../../verify/model/drill.ts";
import { describeSeconds, drillHeadline, drillRows } from "../../../../verify/report/drill.ts";
import { writeDrillReport } from "../../../../verify/report/html/drillReport.ts";

const GREEN: DrillRecord = {
  ...({
    format: 1,
    stack: "prod",
    domain: "example.com",
    began: "2026-03-04T05:06:07.000Z",
    green: true,
  } as const),
  findings: [{ subject: "login", state: "ok", seen: "10 of 10 mailboxes opened" }],
  snapshot: { id: "0123456789abcdef", time: "2026-03-04T03:00:00Z" },
  ...{ rpoSeconds: 7567, rtoSeconds: 130 },
  parts: { server: 10, packages: 20.4, restore: 60, containers: 30, login: 9.6 },
  sizes: { files: 600, bytes: 3 * 1024 * 1024, mailboxes: 10, messages: 500 },
  left: [],
};
const RED: DrillRecord = {
  ...({
    format: 1,
    stack: "prod",
    domain: "example.com",
    began: "2026-04-04T05:06:07.000Z",
    green: false,
  } as const),
  findings: [{ subject: "rebuilding", state: "bad", seen: "the snapshot <b>is</b> damaged", fix: "a & b" }],
  parts: { server: 10 },
  left: ["server drill.example.com (7)"],
};

test.each([
  [0, "0 s"],
  [59.6, "1 min 0 s"],
  [125, "2 min 5 s"],
  [7567, "2 h 6 min"],
  [3 * 86_400 + 7200, "3 d 2 h"],
])("%d seconds are %s", (seconds, words) => {
  expect(describeSeconds(seconds)).toBe(words);
});

test("each figure stands beside that of the drill before", () => {
  const before: DrillRecord = {
    ...GREEN,
    rtoSeconds: 65,
    sizes: { files: 500, bytes: 1024 * 1024, mailboxes: 9 },
  };
  const rows = drillRows(GREEN, before);
  const row = (what: string) => rows.find((one) => one.what.startsWith(what));
  expect(row("RTO")).toMatchObject({ now: "2 min 10 s", before: "1 min 5 s" });
  expect(row("files")).toMatchObject({ now: "600", before: "500" });
  expect(row("data")).toMatchObject({ now: "3.0 MiB", before: "1.0 MiB" });
  expect(row("messages")).toEqual({ what: "messages read of", now: "500" });
});

test("without one before, or with nothing restored, there is no figure that nobody measured", () => {
  expect(drillRows(GREEN, undefined).filter(({ before }) => before !== undefined)).toEqual([]);
  expect(drillRows(RED, GREEN).map(({ what }) => what.trim())).toEqual(["the server is there"]);
});

test("the headline names the first fault, and what is left", () => {
  expect(drillHeadline(GREEN)).toBe("All came back");
  expect(drillHeadline(RED)).toBe(
    "Not all came back: rebuilding: the snapshot <b>is</b> damaged; 1 thing of it left at the vendor",
  );
});

test("the page has both drills, no script, and no markup of others", () => {
  const page = writeDrillReport(RED, GREEN);
  expect(page).toContain("&lt;b&gt;is&lt;/b&gt;");
  expect(page).toContain("<code>a &amp; b</code>");
  expect(page).toContain("drill.example.com (7)");
  expect(page).not.toMatch(/<script|<b>is/);
  const faults: string[] = [];
  parse(page, { onParseError: ({ code }) => faults.push(code) });
  expect(faults).toEqual([]);
  expect(writeDrillReport(GREEN, undefined)).toContain("All came back");
});
