/** Looks at the vendors before anything is made: tokens, zone, names, and what an interrupted run left behind. */
import type { Plan } from "../../stack/model/plan.ts";
import type { CloudName } from "../../stack/model/vendorNames.ts";
import { THING_KINDS, type ThingKind } from "../../stack/vendors/cloud.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { Finding } from "../model/finding.ts";
import { fixFor, VendorError } from "../vendors/http.ts";
import type { CloudThing, CloudThings } from "../vendors/cloud.ts";
import { OPEN_ACCOUNT } from "../vendors/registry.ts";
import type { ZoneReader } from "../vendors/zoneReader.ts";
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
  OrphanThing | OrphanRecord | { readonly vendor: "host"; readonly id: string; readonly name: string };

/** What a preflight needs to know of the state. Ids are unique among things of one type only. */
export interface KnownIds {
  /** @param type Type token, such as `hcloud:index/server:Server`. */
  has(type: string, id: string): boolean;
}

export interface Preflight {
  readonly findings: Finding[];
  readonly orphans: Orphan[];
}

function failed(subject: string, error: unknown, fix: string): Finding {
  if (!(error instanceof VendorError)) throw error;
  return { subject, state: "bad", seen: error.message, fix: fixFor(error, fix) };
}

function findOrphans(things: CloudThings, cloud: CloudName, known: KnownIds): OrphanThing[] {
  const sorts = CLOUDS[cloud].things;
  return THING_KINDS.flatMap((kind) =>
    things[kind]
      .filter(({ id }) => !known.has(sorts[kind].type, id))
      .map(({ id, name }) => ({ vendor: "cloud" as const, cloud, kind, id, name })),
  );
}

/**
 * A server whose start failed at the vendor stays off: `up` would dial it in vain for minutes.
 *
 * @param keep it may hold mail, so no new one is advised in its place.
 * @param switchOn how that is done.
 */
function checkPower(servers: readonly CloudThing[], keep: boolean, switchOn: string): Finding[] {
  const anew = keep ? "" : ", or raise mailstead:generation by one and run `pulumi up`: a new, empty server";
  return servers
    .filter(({ isOff }) => isOff)
    .map(({ name }) => ({
      subject: `server ${name}`,
      state: "bad",
      seen: "is off",
      fix: `${switchOn}${anew}`,
    }));
}

async function checkCloud(
  { server }: Pick<Plan, "server">,
  stack: string,
  token: string,
  known: KnownIds,
): Promise<Preflight> {
  const { title, advice, token: place } = CLOUDS[server.provider];
  const subject = `${title} token`;
  try {
    const account = OPEN_ACCOUNT[server.provider](token);
    const offer = (await account.checkOffer?.(server, new Date())) ?? [];
    const things = await account.things(stack);
    const power = checkPower(things.server, server.protect, advice.switchOn);
    return {
      findings: [{ subject, state: "ok", seen: "is accepted" }, ...offer, ...power],
      orphans: findOrphans(things, server.provider, known),
    };
  } catch (error) {
    const fix = `${advice.makeToken}; export ${place.variables[0]}`;
    return { findings: [failed(subject, error, fix)], orphans: [] };
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
  return { findings: [...server.findings, ...dns.findings], orphans: [...server.orphans, ...dns.orphans] };
}
