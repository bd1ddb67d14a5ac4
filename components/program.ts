/** Configuration → plan → resources → outputs. */
import * as pulumi from "@pulumi/pulumi";
import { reviewBundle } from "./bundleMark.ts";
import { needZone } from "./dns/mailDns.ts";
import { reviewDrift, type JudgeZone } from "./drift.ts";
import { configurationError, refusal } from "./errors.ts";
import { givenValues, needDnsToken } from "./given.ts";
import { reviewAccount } from "./host/account.ts";
import { lastDeployed, lastOutputs } from "./lastOutputs.ts";
import { liveValues } from "./liveValues.ts";
import { MailServer } from "./mailServer.ts";
import { nextSteps as stepsAfter } from "./nextSteps.ts";
import { needSoundTokens } from "./soundTokens.ts";
import { reviewUpgrade } from "./upgradeMark.ts";
import { registerAgain } from "./registerAgain.ts";
import { withoutDebugging } from "../startup/startup.js";
import type { Config } from "../stack/model/config.ts";
import { checkStackLabel, checkStackName } from "../stack/config/lengthChecks.ts";
import { parseConfig } from "../stack/config/parseConfig.ts";
import { readRawConfig } from "../stack/config/readRawConfig.ts";
import { describeLeft, hasOwnPassword, readLeft } from "../stack/mail/onboardingLeft.ts";
import { DRILL_KEYS, readDrill, type DrillOf } from "../stack/drill/drillStack.ts";
import { checkChange } from "../stack/guards/checkChange.ts";
import { deployedBy, deployedText } from "../stack/guards/deployed.ts";
import { rememberImages } from "../stack/guards/deployedImages.ts";
import { begunOnboarding, continueOnboarding, withoutLeft } from "../stack/guards/onboarding.ts";
import { keepsZone } from "../stack/guards/zone.ts";
import { describeIssue } from "../stack/model/describeIssue.ts";
import type { Issue } from "../stack/model/issue.ts";
import type { Plan } from "../stack/model/plan.ts";
import { planDrill } from "../stack/planDrill.ts";
import { planMailServer } from "../stack/planMailServer.ts";

/** Stops at any fault, with all of them; says every warning. */
function settle(issues: readonly Issue[]): void {
  const faults = issues.filter(({ severity }) => severity === "error");
  if (faults.length > 0) throw configurationError(faults);
  for (const warning of issues) void pulumi.log.warn(describeIssue(warning));
}

/** What this run is a drill of; undefined where it is none. @throws RunError for a mark in another stack */
function findDrill(all: Readonly<Record<string, string>>): DrillOf | undefined {
  const marked = readDrill(all, pulumi.getStack());
  if (marked?.fault !== undefined)
    throw refusal(marked.fault, [`Take it away: pulumi config rm ${DRILL_KEYS.of}`]);
  return marked?.drill;
}

/** @throws RunError with every fault of the configuration, before anything is declared */
function read(
  all: Readonly<Record<string, string>>,
  drill: DrillOf | undefined,
): { config: Config; plan: Plan } {
  const { config, issues } = parseConfig(readRawConfig(all));
  if (config === undefined) throw configurationError(issues.filter(({ severity }) => severity === "error"));
  if (drill !== undefined) {
    settle(checkStackLabel(pulumi.getStack()));
    return planDrill(config, drill);
  }
  const { plan, issues: planIssues } = planMailServer(config);
  settle([...checkStackName(pulumi.getStack()), ...issues, ...planIssues]);
  return { config, plan };
}

withoutDebugging();
const all = pulumi.runtime.allConfig();
const drill = findDrill(all);
const { config, plan: planned } = read(all, drill);
needSoundTokens({ cloud: config.server.provider, provider: config.dns.provider }, all, process.env);
const given = givenValues(config, all, process.env);
needDnsToken(planned, given);
const ofLive = drill === undefined ? {} : await liveValues(drill);
const said = await lastOutputs();
const before = await lastDeployed(said);
const plan = continueOnboarding(planned, before);
const changes = checkChange({ config, plan }, before);
settle(pulumi.runtime.isDryRun() ? changes : withoutLeft(changes));
const reviewed = await reviewAccount(config, before, all);
settle(reviewed.issues);
const zoneId = await needZone(plan, config.dns.zoneId);
settle(keepsZone(config, before.zoneId, zoneId));
const server = new MailServer("mail", {
  plan,
  stack: pulumi.getStack(),
  given: { ...given, ...ofLive },
  addressesAreHeld: reviewed.addressesAreHeld,
  ...(zoneId === undefined ? {} : { zoneId }),
});

/** Where the web interface is. */
export const webAddress = server.webAddress;
/** First login, for the gate in front of the web interface. Secret. */
export const login = server.login;
/** Login of the web interface's first account, where the deploy makes or adopts it. Secret. */
export const account = server.onboarding?.account(before.onboarding?.isAccountAdopted === true);
/** Mailboxes that the deploy makes, with what mail programs are set up with. Secret. */
export const mailboxes = server.onboarding?.mailboxes;
/** Public addresses of the server. */
export const addresses = server.addresses;
/** Settings for mail programs. */
export const clients = plan.clients;
/** DNS table: what each record is for, and how much it matters. */
export const records = server.records;
/** Files that `ssh` needs to reach the host, relative to the project. */
export const ssh = server.sshFiles;
/** Values behind the plan's slots. Secret; `mailstead render --show-secrets` reads it. */
export const slots = server.slots;
reviewBundle(`.mailstead/${pulumi.getStack()}`, slots);
reviewUpgrade(`.mailstead/${pulumi.getStack()}`);
const begun = {
  ...deployedBy(plan, before),
  onboarding: begunOnboarding(plan, before),
  zoneId: zoneId ?? before.zoneId,
};
/** What is deployed, for the guards of the next `up`; its name is `DEPLOYED_OUTPUT`. */
export const deployed = deployedText(begun);
/** What is left to do. */
export const nextSteps = stepsAfter(plan, begun.onboarding?.left ?? []);

/** All of these, by name. */
export const outputs = {
  ...{ webAddress, login, account, mailboxes, addresses, clients, records, ssh, slots, deployed, nextSteps },
};

/** True from the run on that has its scripts on the server. */
const leavesBackup = plan.server.nextHas === "backups";

// The server's generation, and images that are on it, are deployed when they are there, and not before.
registerAgain(pulumi.all([server.generation, server.volume, server.imagesPulled]), ([generation, volume]) => {
  // A refresh of a server that is gone does not tell it. The text as a whole would be unknown, and the next run know nothing.
  if (typeof generation !== "number") return undefined;
  const images = rememberImages(config, before.images);
  return { ...outputs, deployed: deployedText({ ...begun, generation, images, volume, leavesBackup }) };
});

// Last of all, what the onboarding left to a person.
if (server.onboarding !== undefined) {
  registerAgain(
    pulumi.all([server.generation, server.volume, server.imagesPulled, server.onboarding.printed]),
    ([generation, volume, , printed]) => {
      if (typeof generation !== "number" || typeof printed !== "string") return undefined;
      const left = readLeft(printed);
      const images = rememberImages(config, before.images);
      const isAccountAdopted = hasOwnPassword(printed);
      const onboarding = begun.onboarding && { ...begun.onboarding, left, isAccountAdopted };
      for (const step of left) {
        const { what, fix } = describeLeft(step, plan);
        void pulumi.log.warn(describeIssue({ path: "mailstead:onboarding", message: what, fix }));
      }
      const now = deployedText({ ...begun, generation, images, volume, leavesBackup, onboarding });
      const account = server.onboarding?.account(isAccountAdopted);
      return { ...outputs, account, deployed: now, nextSteps: stepsAfter(plan, left) };
    },
  );
}

/** No output: looks at the zone in a preview, by a judge that this part of the program does not know. */
export function reviewZone(judge: JudgeZone): Promise<void> {
  return reviewDrift({ config, plan, token: given.dnsApiToken, slots: server.slots, outputs: said }, judge);
}
