/** `mailstead import`: the file by which `pulumi import` takes over what is there already. Changes nothing itself. */
import { describeSet } from "../../verify/model/observation.ts";
import { join, relative } from "node:path";
import process from "node:process";
import type { Config } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { fillImportFile, type FoundId, type ImportFile } from "../../verify/adopt/importFile.ts";
import { addressSlots, foundIds } from "../../verify/adopt/cloudThings.ts";
import { stateSlots } from "../../verify/state/stateSlots.ts";
import { findLostKeys } from "../../verify/adopt/lostKeys.ts";
import { isReplaced, type Adoption } from "../../verify/judge/existing/adoption.ts";
import { zoneFacts } from "../../stack/dns/zoneFacts.ts";
import { LOOK_AT_PROVIDER } from "../../verify/judge/fixes/fixes.ts";
import { describeObstacles } from "../../verify/judge/existing/waysOut.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { zoneReader } from "../../verify/vendors/zones.ts";
import { CLOUDS, DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import { findAlreadyThere } from "../../verify/judge/existing/alreadyThere.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { needOwnAccount } from "../account.ts";
import { previewCreates, projectFolder, readState, stackName } from "../engine.ts";
import { writeWhole } from "../lateValues.ts";
import { loadPlan, readProjectName } from "../project.ts";
import { describeFinding, chooseExitCode } from "../output/findings.ts";
import { CommandError, mark, print, printJson } from "../output/terminal.ts";
import { readGivenTokens } from "../tokens.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly out?: string | undefined;
  readonly adopt?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
}

/** One thing that the file takes over. */
interface Taken extends FoundId {
  /** What the next `pulumi up` changes in it. */
  readonly changes: readonly string[];
}

interface Collected {
  readonly file: ImportFile;
  /** The old server is taken over, and nobody gets in: `pulumi up` alone would be wrong. */
  readonly keysAreLost: boolean;
  /** One is taken over to be replaced, which the engine refuses of what an import protects. */
  readonly replaces: boolean;
  readonly taken: readonly Taken[];
  readonly findings: readonly Finding[];
}

/** Asks vendors and engine at once: none waits for another. */
async function look(stack: string, config: Config, plan: Plan) {
  const { provider, zone, zoneId } = config.dns;
  const [given, { token: dns }] = await readGivenTokens(
    [CLOUDS[plan.server.provider].token, DNS_PROVIDERS[provider].token],
    stack,
  );
  const account = OPEN_ACCOUNT[config.server.provider](given.token);
  const { resources } = await readState(stack);
  await needOwnAccount(config, resources, given);
  const [records, things, creates] = await Promise.all([
    zoneReader(provider, zone, dns, zoneId).records(),
    account.things(stack),
    previewCreates(stack),
  ]);
  return { records, things, resources, creates, found: foundIds(things, stack, plan) };
}

async function collectImports(stack: string, agreed: readonly string[]): Promise<Collected> {
  const { config, plan } = loadPlan(stack);
  const { provider } = config.dns;
  const { records, things, resources, creates, found } = await look(stack, config, plan);
  const slots = { ...stateSlots(resources, plan), ...addressSlots(things.address, stack) };
  const context = { ...zoneFacts(config), provider };
  const there = findAlreadyThere({
    records: plan.records,
    zone: records,
    state: resources,
    context,
    slotValue: (name) => slots[name],
    ignore: config.dns.ignore,
    agreed,
  });
  const { adoptions } = there;
  refuseUnknown(agreed, adoptions);
  const ofRecord = ({ role, importId, changes }: Adoption): Taken => {
    return { type: DNS_PROVIDERS[provider].resourceType, name: role, id: importId, changes };
  };
  const all: Taken[] = [...found.map((one) => ({ ...one, changes: [] })), ...adoptions.map(ofRecord)];
  const file = fillImportFile(creates, all);
  const taken = all.filter(({ type, id }) =>
    file.resources?.some((spec) => spec.type === type && spec.id === id),
  );
  const keys = findLostKeys(creates, file, { project: readProjectName(), stack });
  const findings = [...describeObstacles(there, context), ...keys];
  return { file, keysAreLost: keys.length > 0, replaces: adoptions.some(isReplaced), taken, findings };
}

function describeTaken({ type, name, id, changes }: Taken): string {
  const next = changes.length === 0 ? "" : `; the next \`pulumi up\` changes its ${changes.join(", ")}`;
  return mark("ok", `${type.split(":").at(-1) ?? type} ${name} (${id})${next}`);
}

function afterwards(keysAreLost: boolean): string {
  return keysAreLost ? "what is said of keys and secrets" : "pulumi up";
}

/** Sets as they are written in findings: `A example.com`. */
function readSets(given: readonly string[] = []): string[] {
  return given.map((text) => {
    const [, type, name] = /^\s*([a-z]+)\s+(\S+?)\.?\s*$/i.exec(text) ?? [];
    if (type === undefined || name === undefined)
      throw new CommandError(
        `"${text}" is no record`,
        '--adopt "TYPE NAME", such as --adopt "A example.com"',
        2,
      );
    return `${type.toUpperCase()} ${name.toLowerCase()}`;
  });
}

function refuseUnknown(agreed: readonly string[], adoptions: readonly Adoption[]): void {
  const taken = new Set(adoptions.flatMap(({ records }) => records.map(describeSet)));
  const unknown = agreed.find((set) => !taken.has(set));
  if (unknown === undefined) return;
  throw new CommandError(
    `${unknown} cannot be adopted: it is not there, not declared, in the state already, more than one record, or a set with values of others`,
    LOOK_AT_PROVIDER,
    2,
  );
}

/**
 * Runs the command.
 *
 * @returns 0 when nothing is in the way, 1 when something is.
 */
export async function importCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const collected = await collectImports(stack, readSets(options.adopt));
  const { file, keysAreLost, taken, findings } = collected;
  const path =
    options.out ?? join(relative(process.cwd(), projectFolder()), ".mailstead", stack, "import.json");
  if (taken.length > 0) writeWhole(path, `${JSON.stringify(file, null, 2)}\n`);
  const open = collected.replaces ? " --protect=false" : "";
  const next = `pulumi import --file ${path} --stack ${stack} --generate-code=false${open}`;
  if (options.json === true) {
    const written = taken.length > 0 ? { file: path, next } : {};
    printJson({ ...written, taken, findings });
    return chooseExitCode(findings);
  }
  const head = taken.length === 0 ? ["nothing that is there can be taken over"] : taken.map(describeTaken);
  print([...head, ...findings.map(describeFinding)].join("\n"));
  if (taken.length > 0) print(`Written to ${path}. Next step: ${next}\nThen: ${afterwards(keysAreLost)}`);
  return chooseExitCode(findings);
}
