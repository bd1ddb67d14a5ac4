/** `mailstead preflight`: looks at the vendors before anything is made, and heals what a broken run left behind. */
import process from "node:process";
import { createInterface } from "node:readline/promises";
import type { Config } from "../../stack/config/config.ts";
import type { DnsProviderName } from "../../stack/dns/providers/dnsForm.ts";
import type { Plan } from "../../stack/plan.ts";
import { knownAddresses } from "../../verify/adopt/hetznerThings.ts";
import { stateSlots } from "../../verify/adopt/stateSlots.ts";
import { checkZoneBefore } from "../../verify/adopt/zoneBefore.ts";
import type { Finding } from "../../verify/finding.ts";
import { HETZNER_TYPES, runPreflight, type Orphan } from "../../verify/preflight.ts";
import { VendorError } from "../../verify/http.ts";
import { listedOnce, zoneReader } from "../../verify/providers/readers.ts";
import { removeRecord } from "../../verify/providers/removeRecord.ts";
import type { ZoneReader } from "../../verify/providers/zoneReader.ts";
import { Hetzner } from "../../verify/vendors.ts";
import { clearPendingOperations, pulumi, readState, stackName, type StateResource } from "../engine.ts";
import { loadPlan } from "../project.ts";
import { findOrphanContainers, nameOf, removeContainer } from "../orphanContainers.ts";
import { CommandError, print } from "../terminal.ts";
import { DNS_TOKENS, HETZNER_TOKEN, readToken, type TokenPlace } from "../tokens.ts";
import { describeFinding, exitCodeOf } from "./status.ts";

interface Options {
  readonly stack?: string;
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface Tokens {
  readonly hetzner: string;
  /** Of the zone's provider. */
  readonly dns: string;
}

/** How one orphan is healed, and in which words. */
interface Cure {
  readonly orphan: Orphan;
  readonly words: string;
  run(): Promise<void>;
}

async function readTokens(stack: string, provider: DnsProviderName): Promise<Tokens> {
  const of = (place: TokenPlace): Promise<string> => readToken(place, stack);
  return { hetzner: await of(HETZNER_TOKEN), dns: await of(DNS_TOKENS[provider]) };
}

function kindOf(orphan: Orphan): string {
  if (orphan.vendor === "hetzner") return orphan.kind.replace(/s$/, "").replace("_", " ");
  return orphan.vendor === "host" ? "container" : "record";
}

function describeOrphan(orphan: Orphan): string {
  return `${kindOf(orphan)} ${orphan.name} (${String(orphan.id).slice(0, 32)})`;
}

/**
 * Whether a server beside those of the state may be more than what a broken run left. Keys are made before a server: a
 * state without them was lost, and this is the server that it knew.
 */
function mayHoldMail(resources: readonly StateResource[]): boolean {
  const has = (wanted: string): boolean => resources.some(({ type }) => type === wanted);
  return has(HETZNER_TYPES.servers) || !has("tls:index/privateKey:PrivateKey");
}

/** An address is taken into the state, since a reputation may hang on it; the rest can be made anew and is deleted. */
function cureOf(
  orphan: Orphan,
  tokens: Tokens,
  stack: string,
  plan: Plan,
  resources: readonly StateResource[],
): Cure {
  if (orphan.vendor === "dns") {
    const run = (): Promise<void> => removeRecord(orphan.provider, tokens.dns, orphan.id);
    return { orphan, words: "delete it; the next `pulumi up` makes it again", run };
  }
  if (orphan.vendor === "host") {
    const run = (): Promise<void> => removeContainer(stack, resources, orphan.id);
    return { orphan, words: "remove it, its data stay; the next `pulumi up` makes it again", run };
  }
  if (orphan.kind === "primary_ips") {
    return { orphan, words: "take it into the state", run: () => importAddress(orphan, stack, resources) };
  }
  if (orphan.kind === "servers" && plan.server.protect && mayHoldMail(resources)) {
    const next = "look at it and delete it by hand; or, if the state was lost: npx mailstead import";
    const refuse = (): Promise<void> =>
      Promise.reject(new CommandError(`the server ${orphan.name} may hold mail`, next));
    return { orphan, words: "not done here, as it may hold mail: npx mailstead import", run: refuse };
  }
  return {
    orphan,
    words: "delete it; the next `pulumi up` makes it again",
    run: () => new Hetzner(tokens.hetzner).remove(orphan.kind, orphan.id),
  };
}

async function importAddress(
  orphan: Orphan & { vendor: "hetzner" },
  stack: string,
  resources: readonly StateResource[],
): Promise<void> {
  const parent = resources.find(({ type }) => type === "mailstead:host:HetznerAddresses");
  if (parent === undefined) {
    throw new CommandError(
      "the state does not hold the addresses' component yet",
      "run `pulumi up` once, then this again",
    );
  }
  const role = orphan.name.endsWith("ipv6") ? "ipv6" : "ipv4";
  await pulumi([
    ...["import", HETZNER_TYPES.primary_ips, role, String(orphan.id)],
    ...[
      "--parent",
      `addresses=${parent.urn}`,
      "--stack",
      stack,
      "--yes",
      "--skip-preview",
      "--generate-code=false",
    ],
  ]);
}

async function agreed(cures: readonly Cure[], options: Options): Promise<boolean> {
  if (options.yes === true) return true;
  if (!process.stdin.isTTY) throw new CommandError("--fix asks, and there is no terminal", "add --yes", 2);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Do ${String(cures.length)} cures? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function fix(cures: readonly Cure[], pending: number, stack: string, options: Options): Promise<void> {
  if (cures.length === 0 && pending === 0) return;
  if (!(await agreed(cures, options))) return;
  // What is taken into the state comes last: it can be refused, and nothing else waits for it.
  const isTaken = ({ orphan }: Cure): boolean => orphan.vendor === "hetzner" && orphan.kind === "primary_ips";
  for (const cure of [...cures].sort((one, other) => Number(isTaken(one)) - Number(isTaken(other)))) {
    await cure.run().catch((error: unknown) => {
      if (!(error instanceof VendorError)) throw error;
      throw new CommandError(`${describeOrphan(cure.orphan)} stays: ${error.message}`, "run this again");
    });
    print(`  done: ${describeOrphan(cure.orphan)}`);
  }
  if (pending > 0) {
    await clearPendingOperations(stack);
    print(`  done: ${String(pending)} operations that never ended are cleared`);
  }
}

function orphanFinding({ orphan, words }: Cure): Finding {
  return {
    subject: `orphan ${describeOrphan(orphan)}`,
    state: "bad",
    seen: `is ${orphan.vendor === "host" ? "on the host" : "at the vendor"} and not in the state: every \`pulumi up\` would fail on it`,
    fix: `mailstead preflight --fix (${words})`,
  };
}

/** Things of the stack, and a state without a single resource: most likely it was lost, and nothing is to be deleted. */
function lostState(resources: readonly StateResource[], orphans: readonly Orphan[]): Finding[] {
  if (orphans.length === 0 || resources.some(({ id }) => id !== undefined)) return [];
  return [
    {
      subject: "state",
      state: "warn",
      seen: "holds nothing, and this stack's things are at the vendors: was it lost?",
      fix: "mailstead import takes them over (docs/guides/import.md); --fix would delete what can be made anew",
    },
  ];
}

/** A host that does not answer is a warning: the rest can be healed without it. */
async function lookOnHost(
  stack: string,
  resources: readonly StateResource[],
  pending: Parameters<typeof findOrphanContainers>[2],
  findings: Finding[],
): Promise<Orphan[]> {
  try {
    return await findOrphanContainers(stack, resources, pending);
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

/** What the zone holds already of what is to be made, and what is in its way. */
async function lookAtZone(
  reader: ZoneReader,
  slots: Awaited<ReturnType<typeof knownAddresses>>,
  loaded: { readonly config: Config; readonly plan: Plan },
  state: readonly StateResource[],
  orphans: readonly Orphan[],
): Promise<Finding[]> {
  const told = new Set(orphans.flatMap((one) => (one.vendor === "dns" ? [one.id] : [])));
  return checkZoneBefore(reader, { ...loaded, state, told, slotValue: (name) => slots[name] });
}

/** Runs the command. */
export async function preflightCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const loaded = loadPlan(stack);
  const { plan } = loaded;
  const { provider, zone, zoneId } = loaded.config.dns;
  const [tokens, { resources, pending }] = await Promise.all([readTokens(stack, provider), readState(stack)]);
  const known = {
    has: (type: string, id: string): boolean =>
      resources.some((resource) => resource.type === type && resource.id === id),
  };
  const reader = listedOnce(zoneReader(provider, zone, tokens.dns, zoneId));
  const { findings, orphans } = await runPreflight(plan, stack, tokens.hetzner, reader, known);
  const addresses = await knownAddresses(new Hetzner(tokens.hetzner), stack);
  const slots = { ...stateSlots(resources), ...addresses };
  findings.push(...(await lookAtZone(reader, slots, loaded, resources, orphans)));
  const left = await lookOnHost(stack, resources, pending, findings);
  const cures = [...orphans, ...left].map((orphan) => cureOf(orphan, tokens, stack, plan, resources));
  const all = [...lostState(resources, orphans), ...findings, ...cures.map(orphanFinding)];
  for (const { type, resource } of pending) {
    all.push({
      subject: `operation ${type} ${nameOf(resource)}`,
      state: "warn",
      seen: "never ended",
      fix: "mailstead preflight --fix",
    });
  }
  print(
    options.json === true ? JSON.stringify({ findings: all }, null, 2) : all.map(describeFinding).join("\n"),
  );
  if (options.fix !== true) return exitCodeOf(all);
  await fix(cures, pending.length, stack, options);
  return exitCodeOf(findings);
}
