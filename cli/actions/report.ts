/** `mailstead report`: what a bug report needs, with nothing in it that tells whose server it is, or opens something. */
import { createHash } from "node:crypto";
import { homedir, hostname, userInfo } from "node:os";
import process from "node:process";
import { readRawConfig } from "../../stack/config/readRawConfig.ts";
import type { Audit } from "../../verify/model/observation.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { projectFolder } from "../engine.ts";
import { describeFinding } from "../output/findings.ts";
import { CommandError, print, printJson, table } from "../output/terminal.ts";
import { loadPlan, chooseStack, readStackValues } from "../project.ts";
import { configurationLines, hiddenValues, type Line } from "../report/configuration.ts";
import { redactor, withoutKnown, type Known } from "../report/redact.ts";
import { readVersions, type Versions } from "../report/versions.ts";
import { auditStack } from "./audit.ts";
import { lookBefore } from "./preflight.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly columns?: string | undefined;
  readonly offline?: true | undefined;
  readonly json?: true | undefined;
}

/** What was found, or why nothing was. */
type Looked = { readonly findings: readonly Finding[] } | { readonly notLooked: string };

interface Report {
  readonly versions: Versions;
  /** Hash of the plan, and how much is in it; or the faults that keep it from being made. */
  readonly plan: { readonly hash: string; readonly records: number } | { readonly faults: string };
  readonly configuration: readonly Line[];
  readonly preflight: Looked;
  readonly audit: Looked;
}

/** Variables whose value opens something, or names somebody. */
const VARIABLE = /TOKEN|PASS|SECRET|KEY|CREDENTIAL|^MAILSTEAD_/i;

/** What of this machine is not for others. */
function listOfMachine(): Known[] {
  const variables = Object.entries(process.env).flatMap(([name, text = ""]) =>
    VARIABLE.test(name) && text.length >= 6 ? [{ text, as: `<${name}>` }] : [],
  );
  return [
    ...variables,
    { text: projectFolder(), as: "<project>" },
    { text: homedir(), as: "<home>" },
    { text: userInfo().username, as: "<user>" },
    { text: hostname(), as: "<machine>" },
  ];
}

/** What the stack's file has beside our keys opens something as a rule; of the engine's own salts nothing is read. */
function listOfFile(values: Readonly<Record<string, string>>): Known[] {
  return Object.entries(values).flatMap(([key, text]) =>
    key.startsWith("mailstead:") ? [] : [{ text, as: `<${key}>` }],
  );
}

async function look(
  task: () => Promise<readonly Finding[]>,
  redact: (text: string) => string,
): Promise<Looked> {
  try {
    const found = await task();
    return {
      findings: found.map(({ subject, state, seen, fix }) => ({
        subject: redact(subject),
        state,
        seen: redact(seen),
        ...(fix !== undefined && { fix: redact(fix) }),
      })),
    };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { notLooked: redact(error.message) };
  }
}

/** What an audit found, in words that are ours alone: no name, value or answer of anybody. */
function listAuditFindings({ rows, checks }: Audit): Finding[] {
  const odd = rows.filter(({ verdict }) => !["ok", "ignored", "provider-owned"].includes(verdict));
  return [
    ...odd.map(({ desired, type, verdict, severity, rules = [] }): Finding => ({
      subject: `${desired?.roles.join(", ") ?? "not declared"} ${type}`,
      state: severity === "critical" ? "bad" : "warn",
      seen: [verdict, ...rules].join(", "),
    })),
    ...checks
      .filter(({ state }) => state !== "ok")
      .map(({ check, state, severity }): Finding => ({
        subject: check,
        state: severity === "critical" ? "bad" : "warn",
        seen: state,
      })),
  ];
}

function describePlan(stack: string, redact: (text: string) => string): Report["plan"] {
  try {
    const { plan } = loadPlan(stack);
    const hash = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
    return { hash: `sha256:${hash}`, records: plan.records.length };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { faults: redact(error.message) };
  }
}

/** Reads everything, and asks whoever can be asked. */
async function collectReport(stack: string, { columns, offline }: Options): Promise<Report> {
  const values = readStackValues(stack);
  const raw = readRawConfig(values);
  const elsewhere = [{ text: stack, as: "<stack>" }, ...listOfFile(values), ...listOfMachine()];
  const redact = redactor([...hiddenValues(raw), ...elsewhere]);
  // What is shown as a rule may be a secret that was pasted into the wrong key.
  const plain = withoutKnown(elsewhere);
  const ask = (task: () => Promise<readonly Finding[]>): Promise<Looked> =>
    offline === true ? Promise.resolve({ notLooked: "--offline" }) : look(task, redact);
  return {
    versions: await readVersions(),
    plan: describePlan(stack, redact),
    configuration: configurationLines(raw).map(([key, value]) => [key, plain(value)]),
    // One after the other: both may ask the engine, which locks what it reads.
    preflight: await ask(async () => (await lookBefore(stack)).findings),
    audit: await ask(async () => listAuditFindings(await auditStack({ stack, columns }))),
  };
}

function writeLook(name: string, looked: Looked): string[] {
  if ("notLooked" in looked) return [`${name}: not looked: ${looked.notLooked}`];
  const odd = looked.findings.filter(({ state }) => state !== "ok");
  if (odd.length === 0) return [`${name}: nothing is wrong (${String(looked.findings.length)} looks)`];
  return [`${name}:`, ...odd.map(describeFinding)];
}

function writeReport({ versions, plan, configuration, preflight, audit }: Report): string {
  return [
    table(Object.entries(versions)),
    "",
    "hash" in plan ? `plan: ${plan.hash}, ${String(plan.records)} records` : `no plan: ${plan.faults}`,
    "",
    "configuration:",
    table(configuration.map(([key, value]) => [`  ${key}`, value])),
    "",
    ...writeLook("preflight", preflight),
    "",
    ...writeLook("audit", audit),
  ].join("\n");
}

/** Runs the command. Returns 0: a report of what is wrong is a good one. */
export async function reportCommand(options: Options): Promise<number> {
  const report = await collectReport(await chooseStack(options.stack), options);
  if (options.json === true) printJson(report);
  else print(writeReport(report));
  return 0;
}
