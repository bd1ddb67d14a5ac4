/** `mailstead preflight`: looks at the vendors before anything is made, and fixes what a broken run left behind. */
import type { Config } from "../../stack/model/config.ts";
import type { Issue } from "../../stack/model/issue.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { knownAddresses } from "../../verify/adopt/cloudThings.ts";
import { stateSlots } from "../../verify/state/stateSlots.ts";
import { checkZoneBefore } from "../../verify/preflight/zoneBefore.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { VendorError } from "../../verify/vendors/http.ts";
import { CLOUDS, DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import { checkChange } from "../../stack/guards/checkChange.ts";
import { readDeployed } from "../../stack/guards/deployed.ts";
import { runPreflight, type Orphan } from "../../verify/preflight/preflight.ts";
import { listedOnce, zoneReader } from "../../verify/vendors/zones.ts";
import type { ZoneReader } from "../../verify/vendors/zoneReader.ts";
import { checkPlatforms } from "../../verify/preflight/checkPlatforms.ts";
import { checkImages } from "../../verify/preflight/registry/checkImages.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { isServer } from "../../stack/vendors/cloudThings.ts";
import { otherAccount } from "../account.ts";
import { findFixes, describeOrphan, runFixes, type Fix, type VendorTokens } from "../fixes.ts";
import { outputsIn, readState, stackName, type StateResource } from "../engine.ts";
import { findMovedZone, forgetZone, type MovedZone } from "../movedZone.ts";
import { loadPlan } from "../project.ts";
import { lookForDrill } from "../drill/takeAway.ts";
import { checkBundle, readLastBundle } from "../recoveryBundle/mark.ts";
import { findOrphanContainers, readName } from "../orphanContainers.ts";
import { serverKnows } from "../serverKnows.ts";
import { chooseExitCode, printFindings } from "../output/findings.ts";
import { isAgreed } from "../output/questions.ts";
import { CommandError, print } from "../output/terminal.ts";
import { readGivenTokens, type GivenToken } from "../tokens.ts";
import { COMMAND } from "../../stack/values/command.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly fix?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

async function readTokens(
  stack: string,
  { dns, server }: Pick<Config, "dns" | "server">,
): Promise<VendorTokens & { readonly given: GivenToken }> {
  const places = [CLOUDS[server.provider].token, DNS_PROVIDERS[dns.provider].token] as const;
  const [given, ofDns] = await readGivenTokens(places, stack);
  return { given, cloud: given.token, dns: ofDns.token };
}

/** Asks, unless told not to. */
function agrees(question: string, { yes }: Options): Promise<boolean> {
  return isAgreed({ who: "--fix", question, otherwise: "add --yes", yes });
}

function reportOrphan({ orphan, words }: Fix): Finding {
  return {
    subject: `orphan ${describeOrphan(orphan)}`,
    state: "bad",
    seen: `is ${orphan.vendor === "host" ? "on the host" : "at the vendor"} and not in the state: every \`pulumi up\` would fail on it`,
    fix: `${COMMAND} preflight --fix (${words})`,
  };
}

/** Things of the stack, and a state without a single resource: most likely it was lost, and nothing is to be deleted. */
function findLostState(resources: readonly StateResource[], orphans: readonly Orphan[]): Finding[] {
  if (orphans.length === 0 || resources.some(({ id }) => id !== undefined)) return [];
  return [
    {
      subject: "state",
      state: "warn",
      seen: "holds nothing, and this stack's things are at the vendors: was it lost?",
      fix: `a copy of it is worth most: pulumi stack import --file COPY; else ${COMMAND} import (docs/guides/import.md)`,
    },
  ];
}

/** A host that does not answer is a warning: the rest can be fixed without it. */
async function lookOnHost(
  stack: string,
  resources: readonly StateResource[],
  pending: Parameters<typeof findOrphanContainers>[2],
  orphans: readonly Orphan[],
  findings: Finding[],
): Promise<Orphan[]> {
  const isSuccessor = orphans.some((one) => one.vendor === "cloud" && one.kind === "server");
  try {
    return await findOrphanContainers(stack, resources, pending, isSuccessor && resources.some(isServer));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    findings.push({
      subject: "containers that a killed run left",
      state: "warn",
      seen: error.message,
      fix: error.nextStep,
    });
    return [];
  }
}

/** What the coming `up` would be refused for, by what the last one deployed. */
function lookAtChange(
  loaded: { readonly config: Config; readonly plan: Plan },
  resources: readonly StateResource[],
): Finding[] {
  return toFindings(checkChange(loaded, readDeployed(outputsIn(resources), resources)));
}

function toFindings(issues: readonly Issue[]): Finding[] {
  return issues.map(({ path, severity, message, fix }) => ({
    subject: path,
    state: severity === "error" ? "bad" : "warn",
    seen: message,
    fix,
  }));
}

/** The reason to look no further: somebody else's account. One that does not answer is told of with its token. */
async function lookAtAccount(
  config: Config,
  resources: readonly StateResource[],
  given: GivenToken,
): Promise<Finding[]> {
  try {
    return toFindings(await otherAccount(config, resources, given));
  } catch (error) {
    if (error instanceof VendorError) return [];
    throw error;
  }
}

/** What the zone holds already of what is to be made, and what is in its way. */
async function lookAtZone(
  stack: string,
  reader: ZoneReader,
  slots: Awaited<ReturnType<typeof knownAddresses>>,
  loaded: { readonly config: Config; readonly plan: Plan },
  state: readonly StateResource[],
  orphans: readonly Orphan[],
): Promise<Finding[]> {
  const told = new Set(orphans.flatMap((one) => (one.vendor === "dns" ? [one.id] : [])));
  return checkZoneBefore(reader, {
    ...loaded,
    state,
    told,
    slotValue: (name) => slots[name],
    askServer: () => serverKnows(stack, state),
  });
}

/** What a look before an `up` came to. */
interface Look {
  /** Everything, with what {@link fixes} and the end of {@link pending} would fix. */
  readonly findings: readonly Finding[];
  /** What neither fixes. */
  readonly beyondFixes: readonly Finding[];
  readonly fixes: readonly Fix[];
  /** Operations of the engine that never ended. */
  readonly pending: Awaited<ReturnType<typeof readState>>["pending"];
  /** The zone is another one than the stack's records are in: nothing else was looked at. */
  readonly moved?: MovedZone;
}

function listUnended(pending: Look["pending"]): Finding[] {
  return pending.map(({ type, resource }) => ({
    subject: `operation ${type} ${readName(resource)}`,
    state: "warn",
    seen: "never ended",
    fix: `${COMMAND} preflight --fix`,
  }));
}

/** Looks at everything that the coming `up` depends on. Changes nothing. */
export async function lookBefore(stack: string): Promise<Look> {
  const loaded = loadPlan(stack);
  const { plan } = loaded;
  const { provider, zone, zoneId } = loaded.config.dns;
  const [tokens, { resources, pending }] = await Promise.all([
    readTokens(stack, loaded.config),
    readState(stack),
  ]);
  const foreign = await lookAtAccount(loaded.config, resources, tokens.given);
  if (foreign.length > 0) return { findings: foreign, beyondFixes: foreign, fixes: [], pending: [] };
  const known = {
    has: (type: string, id: string): boolean =>
      resources.some((resource) => resource.type === type && resource.id === id),
  };
  const reader = listedOnce(zoneReader(provider, zone, tokens.dns, zoneId));
  const moved = await findMovedZone(loaded.config, resources, reader);
  if (moved !== undefined)
    return { findings: toFindings(moved.issues), beyondFixes: [], fixes: [], pending: [], moved };
  const { images } = loaded.config.mail;
  const [{ findings, orphans, size }, ofImages] = await Promise.all([
    runPreflight(plan, stack, tokens.cloud, reader, known),
    checkImages(images),
  ]);
  findings.push(...ofImages, ...(await checkPlatforms(images, size)));
  const addresses = await knownAddresses(OPEN_ACCOUNT[plan.server.provider](tokens.cloud), stack);
  const slots = { ...stateSlots(resources, plan), ...addresses };
  findings.push(...(await lookAtZone(stack, reader, slots, loaded, resources, orphans)));
  if (readLastBundle(stack) !== undefined) findings.push(...(await checkBundle(stack)));
  findings.push(
    ...(await lookForDrill(stack, OPEN_ACCOUNT[plan.server.provider](tokens.cloud), loaded.config.server)),
  );
  const left = await lookOnHost(stack, resources, pending, orphans, findings);
  const recordIds = orphans.some(({ vendor }) => vendor === "dns")
    ? (await reader.records()).map(({ importId }) => DNS_PROVIDERS[provider].stateId(importId))
    : [];
  const fixes = findFixes([...orphans, ...left], { stack, plan, tokens, resources, recordIds });
  findings.unshift(...toFindings(loaded.warnings), ...lookAtChange(loaded, resources));
  const all = [...findLostState(resources, orphans), ...findings, ...fixes.map(reportOrphan)];
  return { findings: [...all, ...listUnended(pending)], beyondFixes: findings, fixes, pending };
}

/** Forgets the records of the old zone, after asking. What else there may be to fix is looked for by the next run. */
async function leaveZone(stack: string, moved: MovedZone, options: Options): Promise<void> {
  if (!(await agrees("Forget the records of the old zone?", options))) return;
  const count = await forgetZone(stack, moved);
  print(
    `  done: ${String(count)} records of the zone ${moved.old} are forgotten, and stay there as they are`,
  );
  print(`Next step: ${COMMAND} preflight, for what is in the new zone; then pulumi up`);
}

/** Runs the command. */
export async function preflightCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { findings, beyondFixes, fixes, pending, moved } = await lookBefore(stack);
  const code = printFindings(findings, options.json);
  if (options.fix !== true) return code;
  if (moved !== undefined) await leaveZone(stack, moved, options);
  const isWell = fixes.length === 0 && pending.length === 0;
  if (!isWell && (await agrees(`Do ${String(fixes.length)} fixes?`, options)))
    await runFixes(fixes, pending.length, stack);
  return chooseExitCode(beyondFixes);
}
