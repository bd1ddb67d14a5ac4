/** `mailstead status`: what should be and is not, asked of the host itself. */
import process from "node:process";
import { checkCertificate } from "../../verify/certificate.ts";
import { checkContainers } from "../../verify/containers.ts";
import type { AskHost, Finding } from "../../verify/finding.ts";
import { checkOnboarding, checkOnboardingConfig } from "../../verify/onboarding.ts";
import { checkPort25 } from "../../verify/port25.ts";
import { readOutputs, stackName } from "../engine.ts";
import { loadPlan } from "../project.ts";
import { findRemote, runScript } from "../remote.ts";
import { mark, print, styled } from "../terminal.ts";

interface Options {
  readonly stack?: string;
  readonly json?: boolean;
}

/** One finding with its next step and its lines, as text. */
export function describeFinding(finding: Finding): string {
  const lines = [mark(finding.state, `${finding.subject}: ${finding.seen}`)];
  if (finding.fix !== undefined) lines.push(`    next: ${finding.fix}`);
  for (const line of finding.detail ?? []) lines.push(styled("dim", `    | ${line}`));
  return lines.join("\n");
}

/** Exit code of a list of findings: 1 where something is bad. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.some(({ state }) => state === "bad") ? 1 : 0;
}

async function onboarding(ask: AskHost, stack: string): Promise<Finding[]> {
  const { plan } = loadPlan(stack);
  const known = checkOnboardingConfig(plan.records, plan.domain, plan.webAddress);
  const email = process.env["MAILSTEAD_ADMIN_EMAIL"];
  const password = process.env["MAILSTEAD_ADMIN_PASSWORD"];
  if (email === undefined || password === undefined) return known;
  return [...known, ...(await checkOnboarding(ask, plan.domain, { email, password }))];
}

/** Asks the host and collects every finding. */
export async function collectStatus(stack: string): Promise<Finding[]> {
  const { plan } = loadPlan(stack);
  const remote = await findRemote(stack);
  const ask: AskHost = (script) => runScript(remote, script);
  const { addresses } = (await readOutputs(stack)) as { addresses: { ipv4: string; ipv6: string } };
  const groups = await Promise.all([
    checkContainers(plan.containers, ask),
    checkCertificate(ask).then((finding) => [finding]),
    checkPort25(ask, plan.domain, addresses),
    onboarding(ask, stack),
  ]);
  return groups.flat();
}

/** Runs the command. */
export async function statusCommand(options: Options): Promise<number> {
  const findings = await collectStatus(await stackName(options.stack));
  print(
    options.json === true ? JSON.stringify({ findings }, null, 2) : findings.map(describeFinding).join("\n"),
  );
  return exitCodeOf(findings);
}
