/**
 * Proves, in a real Chromium: the report of a bad day, of a clean zone and of one that could not be asked has no
 * violation that axe knows of, with everything unfolded, in both themes, on a phone and a wide screen; it
 * never scrolls sideways, asks nobody for anything, runs nothing, and one click selects a whole fix line.
 * Screenshots and pages are kept in test-output/report/.
 * Cannot prove: that other browsers show the same, or that a screen reader's words are pleasant.
 */
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Audit } from "../../verify/model/observation.ts";
import { writeHtmlReport } from "../../verify/report/html/htmlReport.ts";
import { badAudit, cleanAudit, MADE_AT, unreachableAudit } from "../support/auditExamples.ts";

const OUTPUT = join(import.meta.dirname, "../../test-output/report");
const AUDITS: Readonly<Record<string, () => Audit>> = {
  bad: badAudit,
  clean: cleanAudit,
  unreachable: unreachableAudit,
};
const THEMES = ["light", "dark"] as const;
const WIDTHS = [360, 1280] as const;
const CASES = Object.keys(AUDITS).flatMap((name) =>
  THEMES.flatMap((theme) => WIDTHS.map((width) => ({ name, theme, width }))),
);

/** Debian's package `chromium`, which `make test` installs. */
function findChromium(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "chromium"))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const executablePath = findChromium();
const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What a page did that it must not: each request after its own file, each error and message, each refused thing. */
function watch(page: Page): string[] {
  const seen: string[] = [];
  page.on("request", (request) => {
    if (!request.isNavigationRequest()) seen.push(`request ${request.url()}`);
  });
  page.on("console", (message) => seen.push(`console ${message.text()}`));
  page.on("pageerror", (error) => seen.push(`error ${error.message}`));
  page.on("dialog", (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  return seen;
}

// Code for the page is text, since the browser's types would be in the way of Node's in all other files.
const RUN_AXE = `axe.run(${JSON.stringify({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})})`;
const UNFOLD = `document.querySelectorAll("details").forEach((details) => { details.open = true; })`;
const PAPER = `getComputedStyle(document.body).backgroundColor`;
const SELECTED = `getSelection().toString().trim()`;
const OVERFLOWING = `(() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  const sticks = [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 200));
  return scrollWidth > clientWidth ? ["the page scrolls sideways", ...sticks] : sticks;
})()`;

/** Violations in words that tell what to mend. */
async function violations(page: Page): Promise<string[]> {
  const results = await page.evaluate<AxeResults>(RUN_AXE);
  expect(results.passes.map(({ id }) => id)).toContain("color-contrast");
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}\n${html}\n${failureSummary}`),
  );
}

describe.skipIf(executablePath === undefined)("the report in Chromium", () => {
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(OUTPUT, { recursive: true });
    for (const [name, make] of Object.entries(AUDITS))
      writeFileSync(join(OUTPUT, `${name}.html`), writeHtmlReport(make(), MADE_AT));
    browser = await chromium.launch({
      executablePath: executablePath ?? "",
      // Chromium's own sandbox cannot be made by root.
      chromiumSandbox: process.getuid?.() !== 0,
    });
  });

  afterAll(async () => {
    await browser.close();
  });

  /** Opens a page of the given width as a reader would. */
  function open(theme: "light" | "dark", width: number): Promise<Page> {
    return browser.newPage({
      viewport: { width, height: 900 },
      colorScheme: theme,
      isMobile: width < 600,
      hasTouch: width < 600,
    });
  }

  async function go(page: Page, name: string): Promise<void> {
    await page.goto(pathToFileURL(join(OUTPUT, `${name}.html`)).href);
  }

  test.each(CASES)("$name, $theme, $width px", async ({ name, theme, width }) => {
    const page = await open(theme, width);
    const seen = watch(page);
    await page.addInitScript({ path: axeFile });
    await go(page, name);
    const file = join(OUTPUT, `${name}-${width}-${theme}`);
    await page.screenshot({ path: `${file}.png`, fullPage: true });
    expect(await page.evaluate(OVERFLOWING)).toEqual([]);
    // What is folded is hidden from axe too, so all is unfolded for it.
    await page.evaluate(UNFOLD);
    await page.screenshot({ path: `${file}-unfolded.png`, fullPage: true });
    expect(await page.evaluate(OVERFLOWING)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(seen).toEqual([]);
    await page.close();
  });

  test("themes differ, so each was looked at", async () => {
    const papers = await Promise.all(
      THEMES.map(async (theme) => {
        const page = await open(theme, 360);
        await go(page, "bad");
        return page.evaluate(PAPER);
      }),
    );
    expect(new Set(papers).size).toBe(2);
  });

  test.each(WIDTHS)("fix lines are in sight at %i px, and one click selects all of one", async (width) => {
    const page = await open("light", width);
    await go(page, "bad");
    const touching = page.locator("#critical .fix code, #warning .fix code");
    expect(await touching.count()).toBeGreaterThan(5);
    for (const line of await touching.all()) {
      const text = (await line.textContent()) ?? "";
      expect(await line.isVisible()).toBe(true);
      await line.click({ position: { x: 20, y: 5 } });
      expect(await page.evaluate(SELECTED)).toBe(text);
    }
    await page.close();
  });

  test("what a stranger wrote is shown as text, and nothing of it runs", async () => {
    const page = await open("light", 1280);
    const seen = watch(page);
    await go(page, "bad");
    await page.evaluate(UNFOLD);
    expect(await page.locator("script, img, svg, [onerror], [onload], [onmouseover]").count()).toBe(0);
    expect(await page.getByText('"><script>alert("1")</script>').first().isVisible()).toBe(true);
    expect(seen).toEqual([]);
    await page.close();
  });

  test("a watcher would see what the page must not do", async () => {
    const page = await browser.newPage();
    const seen = watch(page);
    const html = writeHtmlReport(cleanAudit(), MADE_AT).replace(
      "<main>",
      '<main><script>alert(1)</script><img src="https://example.invalid/a.png" onerror="alert(2)">',
    );
    writeFileSync(join(OUTPUT, "attacked.html"), html);
    await go(page, "attacked");
    expect(seen.some((what) => what.includes("Content Security Policy"))).toBe(true);
    expect(seen.some((what) => what.startsWith("dialog"))).toBe(false);
    await page.close();
  });
});
