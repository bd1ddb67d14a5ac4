/** `mailstead status`: what should be and is not, asked of the host itself. */
import process from "node:process";
import { readAsset } from "../../components/assets.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { checkBackups } from "../../verify/host/backups.ts";
import { checkCertificate } from "../../verify/host/certificate.ts";
import { checkContainers } from "../../verify/host/containers.ts";
import type { AskHost, Finding } from "../../verify/model/finding.ts";
import { checkHostHealth } from "../../verify/host/hostHealth.ts";
import { checkUpgrades } from "../../verify/host/upgrades.ts";
import { checkMailGate } from "../../verify/host/mailGate.ts";
import { describeUntold, judgeLive, judgeSignUp } from "../../verify/host/liveState.ts";
import { askMailState, STATE_PIECES, type MailState } from "../../verify/host/mailState.ts";
import { judgeLastRun } from "../../verify/host/onboarded.ts";
import { checklistNotAsked, checkOnboarding, checkOnboardingConfig } from "../../verify/host/onboarding.ts";
import { checkPort25 } from "../../verify/host/port25.ts";
import { judgeLastDrill, lastDrill } from "../drill/records.ts";
import { checkUpgrade } from "../../verify/host/upgrade.ts";
import { readOutputs, stackName } from "../engine.ts";
import { loadPlan } from "../project.ts";
import { checkBundle } from "../recoveryBundle/mark.ts";
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

/** What the server has, and what the deploy made in it. What both say is said once. */
function judgeState({ last, live, signUp }: MailState, plan: Plan): Finding[] {
  const told = "left" in live ? live : undefined;
  const lastRun = judgeLastRun(last, plan, told !== undefined);
  const isSaid =
    "code" in live && last.result?.left.some(({ code, about }) => code === live.code && about === live.about);
  return [
    ...lastRun,
    ...("left" in live ? judgeLive(live, plan) : []),
    ...("code" in live && isSaid !== true ? [describeUntold(live, plan)] : []),
    judgeSignUp(signUp, told, plan),
  ];
}

/** Whether the server itself told of the domain: then it knows more than the configuration. */
async function isDomainTold(state: Promise<MailState>): Promise<boolean> {
  try {
    const { live } = await state;
    return "left" in live && live.domain !== undefined;
  } catch {
    return false;
  }
}

/** Asks the host and collects every finding. */
export async function collectStatus(stack: string): Promise<Finding[]> {
  const { config, plan } = loadPlan(stack);
  const remote = await findRemote(stack);
  const ask: AskHost = (script) => runScript(remote, script);
  const { addresses } = (await readOutputs(stack)) as { addresses: { ipv4: string; ipv6: string } };
  const state = askMailState(ask, plan, STATE_PIECES.map(readAsset).join(""));
  const asked = await Promise.all([
    part("upgrade", checkUpgrade(ask)),
    part("containers", checkContainers(plan.containers, ask)),
    part(
      "certificate",
      checkCertificate(ask).then((finding) => [finding]),
    ),
    part("the host's health", checkHostHealth(ask, plan.server.nextHas)),
    part(
      "the mail server itself",
      state.then((answer) => judgeState(answer, plan)),
    ),
    ...(config.backups === undefined ? [] : [part("backups", checkBackups(ask))]),
    ...(config.upgrades.system === "off" && config.upgrades.releases === "off"
      ? []
      : [part("upgrades", checkUpgrades(ask, config.upgrades, config.mail.images.app.tag))]),
    part("port 25", checkMailGate(ask, plan)),
    part("outbound port 25", checkPort25(ask, plan.domain, addresses)),
    part("the server's checklist", checklist(ask, plan)),
    part("recovery bundle", checkBundle(stack)),
    ...(config.backups === undefined
      ? []
      : [part("recovery drill", Promise.resolve([judgeLastDrill(lastDrill(stack), new Date())]))]),
  ]);
  const byConfig = (await isDomainTold(state)) ? [] : checkOnboardingConfig(config, plan.webAddress);
  return collectFindings([...asked, { findings: byConfig }]);
}

/** Runs the command. */
export async function statusCommand(options: Options): Promise<number> {
  const findings = await collectStatus(await stackName(options.stack));
  return printFindings(findings, options.json);
}
