/** `mailstead audit`: what is declared against provider, name servers and resolvers. */
import { writeFileSync } from "node:fs";
import { isIP } from "node:net";
import process from "node:process";
import { keepMemorySmall } from "../../startup/startup.js";
import type { Config } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { findSlots } from "../../stack/values/slots.ts";
import type { DeployedValues } from "../../verify/state/deployedValues.ts";
import { AUDIT_EXIT, auditExitCode } from "../../verify/judge/exitCode.ts";
import { AUDIT_COLUMNS, inspectDns, type AuditColumn } from "../../verify/auditDns.ts";
import type { Audit, AuditCheck } from "../../verify/model/observation.ts";
import { zoneReader } from "../../verify/vendors/zones.ts";
import type { ZoneReader } from "../../verify/vendors/zoneReader.ts";
import { askValues, keptValues } from "../lateValues.ts";
import type { NotifyTarget } from "../notify.ts";
import { loadPlan, chooseStack } from "../project.ts";
import { CommandError, print, printPieces, styled } from "../output/terminal.ts";
import { DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import { readToken } from "../tokens.ts";
import { COMMAND } from "../../stack/values/command.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly columns?: string | undefined;
  readonly resolver?: readonly string[] | undefined;
  readonly notify?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
  readonly markdown?: boolean | undefined;
  /** File to write; true for standard output. */
  readonly html?: string | true | undefined;
}

/** Everything that is known before anybody outside is asked. */
interface Ready {
  readonly stack: string;
  readonly config: Config;
  readonly plan: Plan;
  readonly columns: readonly AuditColumn[];
  readonly resolvers?: readonly string[];
  readonly reader?: ZoneReader;
  readonly notes: readonly AuditCheck[];
}

function readColumns(list: string | undefined): readonly AuditColumn[] {
  if (list === undefined) return AUDIT_COLUMNS;
  const words = list.split(",").map((word) => word.trim());
  const unknown = words.find((word) => !AUDIT_COLUMNS.some((column) => column === word));
  if (unknown !== undefined)
    throw new CommandError(`there is no column ${unknown}`, `--columns ${AUDIT_COLUMNS.join(",")}`);
  return AUDIT_COLUMNS.filter((column) => words.includes(column));
}

/** @throws CommandError for what is no address: a name, or one with a port. */
function readResolvers(given: readonly string[] | undefined): readonly string[] | undefined {
  const wrong = given?.find((word) => isIP(word) === 0);
  if (wrong === undefined) return given;
  throw new CommandError(
    `--resolver ${wrong}: this is no IP address`,
    "give the address alone, such as --resolver 192.0.2.53 or --resolver 2001:db8::53",
  );
}

/** What could not be had is told in the audit, which goes on without it. */
async function orNote<Result>(
  task: () => Promise<Result>,
  note: Pick<AuditCheck, "check" | "subject">,
  consequence: string,
): Promise<{ readonly result?: Result; readonly notes: readonly AuditCheck[] }> {
  try {
    return { result: await task(), notes: [] };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const seen = `${error.message}; ${consequence}`;
    return { notes: [{ ...note, state: "unknown", severity: "warning", seen, fix: error.nextStep }] };
  }
}

async function prepare(options: Options): Promise<Ready> {
  keepMemorySmall();
  const columns = readColumns(options.columns);
  const resolvers = readResolvers(options.resolver);
  const stack = await chooseStack(options.stack);
  const { config, plan } = loadPlan(stack);
  const { provider, zone, zoneId } = config.dns;
  // Also for the DNS columns alone, where a token is at hand: the provider names the zone's servers.
  const { result: token, notes } = await orNote(
    () => readToken(DNS_PROVIDERS[provider].token, stack),
    { check: "provider-api", subject: zone },
    "the provider was not asked, so records that are not declared cannot be seen",
  );
  return {
    ...{ stack, config, plan, columns },
    notes: columns.includes("api") ? notes : [],
    ...(resolvers && { resolvers }),
    ...(token !== undefined && { reader: zoneReader(provider, zone, token, zoneId) }),
  };
}

function needsValues({ records }: Plan): boolean {
  return records.some((record) => {
    if (record.type === "A" || record.type === "AAAA") return findSlots(record.address).length > 0;
    return record.type === "TXT" && findSlots(record.text).length > 0;
  });
}

function inspectWith(ready: Ready, values: DeployedValues, notes: readonly AuditCheck[]): Promise<Audit> {
  const all = [...ready.notes, ...notes];
  return inspectDns({ ...ready, slotValue: (name) => values[name], notes: all });
}

/** Values that are kept make no drift: where the zone does not agree with them, the engine is asked. */
async function inspectStack(ready: Ready): Promise<Audit> {
  const { stack, plan } = ready;
  const kept = needsValues(plan) ? keptValues(stack) : {};
  if (kept !== undefined) {
    const found = await inspectWith(ready, kept, []);
    if (auditExitCode(found) !== AUDIT_EXIT.drift || !needsValues(plan)) return found;
    const { result: fresh } = await orNote(() => askValues(stack, plan.records), NO_VALUES, "");
    const same = fresh === undefined || JSON.stringify(fresh) === JSON.stringify(kept);
    return same ? found : inspectWith(ready, fresh, []);
  }
  const { result = {}, notes } = await orNote(
    () => askValues(stack, plan.records),
    NO_VALUES,
    "addresses and keys are not known, and sets that hold them are compared by name and type alone",
  );
  return inspectWith(ready, result, notes);
}

/** One audit of a stack, with these options of the command. */
export async function auditStack(options: Pick<Options, "stack" | "columns">): Promise<Audit> {
  return inspectStack(await prepare(options));
}

const NO_VALUES = { check: "stack", subject: "addresses and keys" } as const;

async function render(audit: Audit, { markdown, html }: Options): Promise<string> {
  if (html !== undefined)
    return (await import("../../verify/report/html/htmlReport.ts")).writeHtmlReport(audit, new Date());
  if (markdown === true) return (await import("../../verify/report/markdown.ts")).writeMarkdownReport(audit);
  return (await import("../../verify/report/text.ts")).writeTextReport(audit, styled);
}

/** Writes a page for a browser into a file, and says in a line what is in it. */
async function writePage(file: string, page: string, audit: Audit): Promise<void> {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new CommandError(
      `the page cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      `name a file in a folder that is there: ${COMMAND} audit --html dns.html`,
    );
  }
  const { summaryLine } = await import("../../verify/report/cells.ts");
  print(`${summaryLine(audit)}\nThe page is ${file}`);
}

/** Writes the audit where it was asked for, in the form that was asked for. */
async function writeReport(audit: Audit, options: Options): Promise<void> {
  if (options.json === true) {
    const { writeJsonReport } = await import("../../verify/report/json.ts");
    return printPieces(writeJsonReport(audit));
  }
  const text = await render(audit, options);
  if (typeof options.html === "string") await writePage(options.html, text, audit);
  else print(text);
}

/** From the command line, else from the environment: a webhook's address is often a secret. */
async function notifyTargets(given: readonly string[] | undefined): Promise<readonly NotifyTarget[]> {
  const words = given ?? (process.env["MAILSTEAD_NOTIFY"] ?? "").split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [];
  const { notifyTarget } = await import("../notify.ts");
  return words.map(notifyTarget);
}

async function tell(targets: readonly NotifyTarget[], stack: string, audit: Audit): Promise<void> {
  if (targets.length === 0) return;
  const { notify } = await import("../notify.ts");
  await notify(targets, stack, audit);
}

/**
 * Runs the command.
 *
 * @returns 0 clean, 1 could not tell (also for a fault of the configuration), 2 drift or conflict, 3 only propagating.
 */
export async function auditCommand(options: Options): Promise<number> {
  try {
    const targets = await notifyTargets(options.notify);
    const ready = await prepare(options);
    const audit = await inspectStack(ready);
    await writeReport(audit, options);
    await tell(targets, ready.stack, audit);
    return auditExitCode(audit);
  } catch (error) {
    // Elsewhere 2 says that the configuration is wrong; here it says drift, which was not seen.
    if (error instanceof CommandError) throw new CommandError(error.message, error.nextStep);
    throw error;
  }
}
