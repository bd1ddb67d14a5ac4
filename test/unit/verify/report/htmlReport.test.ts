/**
 * Proves: the HTML report of an audit shows every record set, finding, check and fix line once in its place, worst
 * first; escapes whatever a zone may hold; names nothing outside itself; has a policy that fits its own style; and is
 * the same for the same arguments.
 * Cannot prove: how it looks, or that a browser is content with it; test/browser/report.test.ts does.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { parse, type DefaultTreeAdapterTypes as Tree, type ParserError } from "parse5";
import { describe, expect, test } from "vitest";
import type { Audit, AuditRow } from "../../../../verify/model/observation.ts";
import { listFindings } from "../../../../verify/report/html/findings.ts";
import { writeHtmlReport } from "../../../../verify/report/html/htmlReport.ts";
import { escapeText, markup } from "../../../../verify/report/html/markup.ts";
import { badAudit, cleanAudit, HOSTILE, MADE_AT, unreachableAudit } from "../../../support/auditExamples.ts";

const AUDITS = { bad: badAudit(), clean: cleanAudit(), unreachable: unreachableAudit() };
const NAMES = Object.keys(AUDITS) as (keyof typeof AUDITS)[];

/** The page as browsers read it; a fault of the HTML fails. */
function read(html: string): Tree.Document {
  const errors: ParserError[] = [];
  const document = parse(html, { onParseError: (error) => errors.push(error) });
  expect(errors).toEqual([]);
  return document;
}

function elements(node: Tree.Node): Tree.Element[] {
  const own = "tagName" in node ? [node] : [];
  const below = "childNodes" in node ? node.childNodes.flatMap(elements) : [];
  return [...own, ...below];
}

function textOf(node: Tree.Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

function attribute(element: Tree.Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value;
}

function tagged(node: Tree.Node, tagName: string): Tree.Element[] {
  return elements(node).filter((element) => element.tagName === tagName);
}

function classed(node: Tree.Node, name: string): Tree.Element[] {
  return elements(node).filter((element) => attribute(element, "class")?.split(" ").includes(name));
}

/** Text as the page writes it. */
function shown(value: string): string {
  return textOf(read(`<!doctype html><title></title><body>${escapeText(value)}`));
}

describe.each(NAMES)("the report of the %s audit", (name) => {
  const audit: Audit = AUDITS[name];
  const html = writeHtmlReport(audit, MADE_AT);
  const page = read(html);
  const all = elements(page);
  const findings = listFindings(audit);

  test("has each finding with its reason and its fix line, worst first", () => {
    const cards = classed(page, "finding").map((card) => ({
      title: [...classed(card, "kind"), ...classed(card, "name")].map(textOf).join(" "),
      reason: classed(card, "reason").map(textOf).join(""),
      fix: classed(card, "fix").flatMap((fix) => tagged(fix, "code").map(textOf)),
    }));
    expect(cards).toEqual(
      findings.map(({ kind, subject, reason, fix }) => ({
        title: `${shown(kind)} ${shown(subject)}`,
        reason: shown(reason),
        fix: fix === undefined ? [] : [shown(fix)],
      })),
    );
    const severities = findings.map(({ severity }) => ["critical", "warning", "info"].indexOf(severity));
    expect(severities).toEqual(severities.toSorted((one, other) => one - other));
  });

  test("has each record set once, with a table of what each side says", () => {
    const captions = tagged(page, "caption").map(textOf);
    const expected = audit.rows.map((row) => shown(`What each side says of ${row.type} ${row.name}`));
    expect(captions.filter((caption) => caption.startsWith("What")).toSorted()).toEqual(expected.toSorted());
  });

  test("has each check once", () => {
    const passed = audit.checks.filter(({ state }) => state === "ok");
    const lines = tagged(page, "table").filter((table) => attribute(table, "class") === "checks");
    expect(lines.flatMap((table) => tagged(table, "td").map(textOf))).toEqual(passed.map(({ seen }) => seen));
    expect(findings.filter(({ row }) => row === undefined)).toHaveLength(audit.checks.length - passed.length);
  });

  test("counts the verdicts", () => {
    const [list] = classed(page, "counts");
    const numbers = list ? tagged(list, "dd").map(textOf).slice(0, -1).map(Number) : [];
    expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(audit.rows.length);
    expect(numbers).toHaveLength(new Set(audit.rows.map(({ verdict }) => verdict)).size);
  });

  test("says when, and what was asked", () => {
    expect(tagged(page, "time").map(textOf)).toEqual(["2026-03-04 05:06 UTC"]);
    const [list] = classed(page, "facts");
    const words = list ? textOf(list) : "";
    expect(words.includes("Not asked")).toBe(audit.columns.length < 3);
  });

  test("loads and runs nothing: no script, no handler, no address but its own fragments", () => {
    const allowed = /^(?:html|head|meta|title|style|body|header|nav|aside|main|section|footer|h[1-4]|p|a|b)$/;
    const rest =
      /^(?:ul|ol|li|dl|dt|dd|div|span|code|pre|time|details|summary|table|caption|t[hrd]|t(?:head|body))$/;
    expect(all.map(({ tagName }) => tagName).filter((tag) => !allowed.test(tag) && !rest.test(tag))).toEqual(
      [],
    );
    const attributes = new Set(all.flatMap(({ attrs }) => attrs.map((one) => one.name)));
    for (const one of ["src", "srcset", "style", "action", "data", "poster"])
      expect(attributes).not.toContain(one);
    expect([...attributes].filter((one) => one.startsWith("on"))).toEqual([]);
    const ids = new Set(all.map((element) => attribute(element, "id")));
    for (const element of all.filter((one) => attribute(one, "href") !== undefined)) {
      const href = attribute(element, "href") ?? "";
      expect(href.startsWith("#") && ids.has(href.slice(1))).toBe(true);
    }
    const style = tagged(page, "style").map(textOf).join("");
    expect(style).not.toMatch(/url\(|@import|https?:|\/\//);
  });

  test("its policy lets its own style in and nothing else", () => {
    const policies = tagged(page, "meta").filter(
      (meta) => attribute(meta, "http-equiv") === "Content-Security-Policy",
    );
    const [style, ...others] = tagged(page, "style").map(textOf);
    expect(others).toEqual([]);
    const hash = createHash("sha256")
      .update(style ?? "")
      .digest("base64");
    expect(policies.map((policy) => attribute(policy, "content"))).toEqual([
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    ]);
    // A policy holds for what comes after it.
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<style>"));
  });

  test("has one of each landmark, headings without a gap, and names its tables and their heads", () => {
    for (const tag of ["h1", "main", "header", "footer", "title"]) expect(tagged(page, tag)).toHaveLength(1);
    expect(attribute(tagged(page, "html")[0] as Tree.Element, "lang")).toBe("en");
    const levels = all
      .filter(({ tagName }) => /^h[1-6]$/.test(tagName))
      .map(({ tagName }) => Number(tagName[1]));
    levels.forEach((level, index) => {
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
    for (const table of tagged(page, "table")) {
      expect(tagged(table, "caption")).toHaveLength(1);
      expect(tagged(table, "th").every((head) => attribute(head, "scope") !== undefined)).toBe(true);
    }
    const ids = all.map((element) => attribute(element, "id")).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("is the same for the same arguments", () => {
    expect(writeHtmlReport(audit, MADE_AT)).toBe(html);
    expect(writeHtmlReport(audit, new Date(0))).not.toBe(html);
  });
});

test("the examples hold every verdict and every state of a check", () => {
  const verdicts = new Set(NAMES.flatMap((name) => AUDITS[name].rows.map(({ verdict }) => verdict)));
  expect([...verdicts].toSorted()).toEqual([
    "changed",
    "conflict",
    "ignored",
    "missing",
    "ok",
    "propagating",
    "provider-owned",
    "unmanaged",
    "unreachable",
  ]);
  const states = new Set(AUDITS.bad.checks.map(({ state }) => state));
  expect([...states].toSorted()).toEqual(["bad", "ok", "propagating", "unknown"]);
});

test("headlines follow the exit codes", () => {
  const headline = (audit: Audit): string => {
    const [line] = classed(read(writeHtmlReport(audit, MADE_AT)), "headline");
    return line ? textOf(line) : "";
  };
  const { rows, checks } = AUDITS.bad;
  const only = (verdict: AuditRow["verdict"], severity: AuditRow["severity"] = "warning"): Audit => ({
    ...AUDITS.clean,
    rows: rows.filter((row) => row.verdict === verdict).map((row) => ({ ...row, severity })),
  });
  expect(headline(AUDITS.bad)).toContain("Mail stops or is refused");
  expect(headline(only("changed"))).toContain("Not as declared");
  expect(headline(AUDITS.unreachable)).toContain("Not everything could be told");
  expect(headline(only("propagating"))).toContain("on its way");
  expect(headline(only("unmanaged", "info"))).toContain("As declared");
  expect(headline(AUDITS.clean)).toContain("As declared");
  const advice = checks.filter((check) => check.advice === true);
  expect(advice).not.toEqual([]);
  expect(headline({ ...AUDITS.clean, checks: advice })).toContain("As declared");
  const critical = checks.filter(({ severity }) => severity === "critical");
  expect(headline({ ...AUDITS.clean, checks: critical })).toContain("Mail stops or is refused");
});

test("a line that cures several findings stands at the top, with links to them", () => {
  const page = read(writeHtmlReport(AUDITS.bad, MADE_AT));
  const [list] = classed(page, "cures");
  expect(list && tagged(list, "code").map(textOf)).toEqual(["pulumi up --refresh --run-program"]);
  expect(list && tagged(list, "a").map((link) => attribute(link, "href"))).toContain("#finding-1");
  expect(classed(read(writeHtmlReport(AUDITS.clean, MADE_AT)), "cures")).toEqual([]);
});

test("every rule that hid a set, or values in one, is named", () => {
  const rows = AUDITS.bad.rows
    .filter(({ verdict }) => ["ok", "ignored", "conflict"].includes(verdict))
    .map((row) => ({ ...row, ignoredBy: row.verdict === "ok" ? ["@ TXT → a*"] : ["www A", "* → 192.*"] }));
  const page = read(writeHtmlReport({ ...AUDITS.bad, rows }, MADE_AT));
  const notes = (verdict: AuditRow["verdict"]) => rows.filter((row) => row.verdict === verdict);
  const said = classed(page, "note").map(textOf);
  const counted = (words: string) => said.filter((note) => note === words).length;
  expect(counted("Values hidden by the rule @ TXT → a*")).toBe(notes("ok").length);
  expect(counted("Hidden by the rules www A; * → 192.*")).toBe(notes("ignored").length);
  expect(counted("Values hidden by the rules www A; * → 192.*")).toBe(notes("conflict").length);
});

test("many notes are folded, few are not", () => {
  const { rows } = AUDITS.bad;
  const unmanaged = rows.filter(({ verdict }) => verdict === "unmanaged");
  const folds = (number: number): number =>
    classed(read(writeHtmlReport({ ...AUDITS.clean, rows: unmanaged.slice(0, number) }, MADE_AT)), "fold")
      .length;
  expect([folds(5), folds(6)]).toEqual([0, 1]);
});

describe("escaping", () => {
  test.each(HOSTILE)("%j is text", (value) => {
    const page = read(writeHtmlReport(AUDITS.bad, MADE_AT));
    expect(textOf(page)).toContain(shown(value));
  });

  test("what cannot be seen is written out", () => {
    expect(escapeText("a\u202Eb\u0000c<\n\uD800\uFFFE")).toBe("a\\u{202e}b\\x00c&lt;\\x0a\\u{d800}\\u{fffe}");
  });

  test("every text comes back as it was, and stays in its attribute or element", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const html = markup`<!doctype html><title></title><body><p title="${value}">${value}</p>`.text;
        const [body] = tagged(read(html), "body");
        const [paragraph, ...others] = body ? elements(body).slice(1) : [];
        expect(others).toEqual([]);
        const unescaped = escapeText(value)
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&");
        expect(paragraph && textOf(paragraph)).toBe(unescaped);
        expect(paragraph && attribute(paragraph, "title")).toBe(unescaped);
      }),
    );
  });

  test("every text of an audit is escaped, wherever it stands", () => {
    // Each text field in turn becomes an element that must not be one.
    const trap = "<marquee>";
    const trapped = JSON.parse(
      JSON.stringify(AUDITS.bad, (key, value: unknown) =>
        typeof value === "string" && !["verdict", "severity", "state", "level", "ttlSeconds"].includes(key)
          ? `${value}${trap}`
          : value,
      ),
    ) as Audit;
    const html = writeHtmlReport({ ...trapped, columns: AUDITS.bad.columns }, MADE_AT);
    expect(tagged(read(html), "marquee")).toEqual([]);
    expect(html).toContain(escapeText(trap));
  });
});
