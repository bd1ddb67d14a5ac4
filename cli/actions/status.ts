/** `mailstead status`: what should be and is not, asked of the host itself. */
import process from "node:process";
import type { Plan } from "../../stack/model/plan.ts";
import { checkCertificate } from "../../verify/host/certificate.ts";
import { checkContainers } from "../../verify/host/containers.ts";
import type { AskHost, Finding } from "../../verify/model/finding.ts";
import { checkHostHealth } from "../../verify/host/hostHealth.ts";
import { checkMailGate } from "../../verify/host/mailGate.ts";
import { checkOnboarded } from "../../verify/host/onboarded.ts";
import { checklistNotAsked, checkOnboarding, checkOnboardingConfig } from "../../verify/host/onboarding.ts";
import { checkPort25 } from "../../verify/host/port25.ts";
import { readOutputs, stackName } from "../engine.ts";
import { loadPlan } from "../project.ts";
import { findRemote, runScript } from "../remote.ts";
import { printFindings } from "../output/findings.ts";
import { CommandError } from "../output/terminal.ts";
import { COMMAND } from "../../stack/values/command.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly json?: boolean | undefined;
}

/** One part of the status. `failed` holds the finding of a question that could not be answered. */
type Answer = { readonly findings: readonly Finding[] } | { readonly failed: Finding };

/** Asks for one part; its failure is an answer too, so that it takes no other part down. */
async function part(subject: string, findings: Promise<readonly Finding[]>): Promise<Answer> {
  try {
    return { findings: await findings };
  } catch (error) {
    const known = error instanceof CommandError;
    const said = error instanceof Error ? error.message : String(error);
    const [seen = "", ...detail] = (known ? said : `the answer cannot be read: ${said}`).split("\n");
    const fix = known ? error.nextStep : `look at the host itself: \`${COMMAND} ssh\``;
    return { failed: { subject, state: "bad", seen, fix, detail } };
  }
}

/** All findings, failed questions first. What one cause kept from being answered, such as no SSH, is one finding. */
function collectFindings(answers: readonly Answer[]): Finding[] {
  const causes = new Map<string, Finding>();
  for (const answer of answers) {
    if (!("failed" in answer)) continue;
    const { failed } = answer;
    const same = causes.get(failed.seen);
    const subject = same === undefined ? failed.subject : `${same.subject}, ${failed.subject}`;
    causes.set(failed.seen, { ...failed, subject });
  }
  return [...causes.values(), ...answers.flatMap((answer) => ("findings" in answer ? answer.findings : []))];
}

/** Asks for the server's own checklist, where there is a login for it. */
async function checklist(ask: AskHost, plan: Plan): Promise<Finding[]> {
  const email = process.env["MAILSTEAD_ADMIN_EMAIL"];
  const password = process.env["MAILSTEAD_ADMIN_PASSWORD"];
  if (email === undefined || password === undefined) return [checklistNotAsked()];
  return checkOnboarding(ask, plan, { email, password });
}

/** Asks the host and collects every finding. */
export async function collectStatus(stack: string): Promise<Finding[]> {
  const { config, plan } = loadPlan(stack);
  const remote = await findRemote(stack);
  const ask: AskHost = (script) => runScript(remote, script);
  const { addresses } = (await readOutputs(stack)) as { addresses: { ipv4: string; ipv6: string } };
  const asked = await Promise.all([
    part("containers", checkContainers(plan.containers, ask)),
    part(
      "certificate",
      checkCertificate(ask).then((finding) => [finding]),
    ),
    part("the host's health", checkHostHealth(ask, plan.server.protect)),
    part("onboarding", checkOnboarded(ask, plan)),
    part("port 25", checkMailGate(ask, plan)),
    part("outbound port 25", checkPort25(ask, plan.domain, addresses)),
    part("the server's checklist", checklist(ask, plan)),
  ]);
  return collectFindings([...asked, { findings: checkOnboardingConfig(config, plan.webAddress) }]);
}

/** Runs the command. */
export async function statusCommand(options: Options): Promise<number> {
  const findings = await collectStatus(await stackName(options.stack));
  return printFindings(findings, options.json);
}
