/** Looks at the vendors before anything is made: tokens, zone, names, and what an interrupted run left behind. */
import type { NextServerHas } from "../../stack/model/plan.ts";
import type { Plan } from "../../stack/model/plan.ts";
import type { CloudName } from "../../stack/model/vendorNames.ts";
import { THING_KINDS, type ThingKind } from "../../stack/vendors/cloud.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { Finding } from "../model/finding.ts";
import { fixFor, VendorError } from "../vendors/http.ts";
import type { CloudAccount, CloudThing, CloudThings, ServerSize } from "../vendors/cloud.ts";
import { OPEN_ACCOUNT } from "../vendors/registry.ts";
import type { ZoneReader } from "../vendors/zoneReader.ts";
import { checkMemory } from "./checkMemory.ts";
import { checkZone, type OrphanRecord } from "./zone.ts";

/** A thing at a cloud that bears the label of the stack, and that the state does not know. */
export interface OrphanThing {
  readonly vendor: "cloud";
  readonly cloud: CloudName;
  readonly kind: ThingKind;
  readonly id: string;
  readonly name: string;
}

/** A thing that bears our mark, or one of our names on our host, and that the state does not know. */
export type Orphan =
  | OrphanThing
  | OrphanRecord
  | { readonly vendor: "host"; readonly id: string; readonly name: string };

/** What a preflight needs to know of the state. Ids are unique among things of one type only. */
export interface KnownIds {
  /** @param type Type token, such as `hcloud:index/server:Server`. */
  has(type: string, id: string): boolean;
}

export interface Preflight {
  readonly findings: Finding[];
  readonly orphans: Orphan[];
  /** The planned size of the server, where the vendor describes it. */
  readonly size?: ServerSize;
}

function failed(subject: string, error: unknown, fix: string): Finding {
  if (!(error instanceof VendorError)) throw error;
  return { subject, state: "bad", seen: error.message, fix: fixFor(error, fix) };
}

function findOrphans(things: CloudThings, cloud: CloudName, known: KnownIds): OrphanThing[] {
  const { things: sorts, attachment } = CLOUDS[cloud];
  const servers = things.server.map(({ id }) => id);
  // The answer to its attachment was lost: the vendor refuses another one.
  const isHalfKnown = ({ id, serverId }: CloudThing): boolean =>
    serverId !== undefined && servers.includes(serverId) && !known.has(attachment, id);
  return THING_KINDS.flatMap((kind) =>
    things[kind]
      .filter((thing) => !known.has(sorts[kind].type, thing.id) || isHalfKnown(thing))
      .map(({ id, name }) => ({ vendor: "cloud" as const, cloud, kind, id, name })),
  );
}

/** Another server in the place of one that is off; none where that would cost mail, which the one that is off may hold. */
function adviseAnew(nextHas: NextServerHas, protect: boolean): string {
  const anew = ", or raise mailstead:generation by one and run `pulumi up`: a new server";
  if (nextHas === "volume") return `${anew}, with the same data volume`;
  // Without a volume and backups it is unprotected only where the configuration says that it may go.
  return nextHas === "nothing" && !protect ? anew : "";
}

/**
 * A server whose start failed at the vendor stays off: `up` would dial it in vain for minutes.
 *
 * @param switchOn how that is done.
 */
function checkPower(
  servers: readonly CloudThing[],
  { nextHas, protect }: Pick<Plan["server"], "nextHas" | "protect">,
  switchOn: string,
): Finding[] {
  const anew = adviseAnew(nextHas, protect);
  return servers
    .filter(({ isOff }) => isOff)
    .map(({ name }) => ({
      subject: `server ${name}`,
      state: "bad",
      seen: "is off",
      fix: `${switchOn}${anew}`,
    }));
}

/** What a cloud is asked about. */
type SupplyPlan = Pick<Plan, "server" | "memoryMib">;

/** What a cloud says to the planned server. */
export interface Supply {
  readonly findings: readonly Finding[];
  /** The planned size, as the vendor describes it; absent where it does not, or has none of the name. */
  readonly size?: ServerSize;
}

/** Asks whether a cloud takes the token and has what the plan wants. @throws VendorError */
async function askSupply(plan: SupplyPlan, account: CloudAccount): Promise<Supply> {
  const { server } = plan;
  const now = new Date();
  const accepted: Finding = {
    subject: `${CLOUDS[server.provider].title} token`,
    state: "ok",
    seen: "is accepted",
  };
  const [checked, offer] = await Promise.all([account.checkOffer?.(server, now), account.offer?.(now)]);
  const size = offer?.sizes.find(({ name }) => name === server.type);
  const memory = offer === undefined ? [] : checkMemory(plan, offer);
  return { findings: [accepted, ...(checked ?? []), ...memory], ...(size === undefined ? {} : { size }) };
}

/** What is said where the vendor refuses or does not answer. @throws what is neither */
function refused({ server }: Pick<Plan, "server">, error: unknown): Finding {
  const { title, advice, token } = CLOUDS[server.provider];
  return failed(`${title} token`, error, `${advice.makeToken}; export ${token.variables[0]}`);
}

/** Looks at token, location, type and image. Never throws for what the vendor says or does not say. */
export async function checkSupply(plan: SupplyPlan, account: CloudAccount): Promise<Supply> {
  try {
    return await askSupply(plan, account);
  } catch (error) {
    return { findings: [refused(plan, error)] };
  }
}

async function checkCloud(
  plan: SupplyPlan,
  stack: string,
  token: string,
  known: KnownIds,
): Promise<Preflight> {
  const { server } = plan;
  try {
    const account = OPEN_ACCOUNT[server.provider](token);
    const { findings, size } = await askSupply(plan, account);
    const things = await account.things(stack);
    const power = checkPower(things.server, server, CLOUDS[server.provider].advice.switchOn);
    return {
      findings: [...findings, ...power],
      orphans: findOrphans(things, server.provider, known),
      ...(size === undefined ? {} : { size }),
    };
  } catch (error) {
    return { findings: [refused(plan, error)], orphans: [] };
  }
}

/**
 * Runs every look.
 *
 * @param stack the value of the label that our things bear.
 * @param token of the server's cloud.
 * @param zone reads the plan's zone at its provider.
 */
export async function runPreflight(
  plan: Plan,
  stack: string,
  token: string,
  zone: ZoneReader,
  known: KnownIds,
): Promise<Preflight> {
  const [server, dns] = await Promise.all([
    checkCloud(plan, stack, token, known),
    checkZone(plan, zone, known),
  ]);
  return {
    ...server,
    findings: [...server.findings, ...dns.findings],
    orphans: [...server.orphans, ...dns.orphans],
  };
}
