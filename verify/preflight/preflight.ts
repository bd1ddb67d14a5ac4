/** Looks at the vendors before anything is made: tokens, zone, names, and what an interrupted run left behind. */
import type { Plan } from "../../stack/model/plan.ts";
import type { Finding } from "../model/finding.ts";
import { fixFor, VendorError } from "../vendors/http.ts";
import { checkOffer, readOffer } from "../vendors/hetzner/offer.ts";
import { checkZone, type OrphanRecord } from "./zone.ts";
import type { ZoneReader } from "../vendors/zoneReader.ts";
import { Hetzner, HETZNER_KINDS, type HetznerKind } from "../vendors/hetzner/api.ts";

/** A thing that bears our mark, or one of our names on our host, and that the state does not know. */
export type Orphan =
  | { readonly vendor: "hetzner"; readonly kind: HetznerKind; readonly id: number; readonly name: string }
  | OrphanRecord
  | { readonly vendor: "host"; readonly id: string; readonly name: string };

/** What a preflight needs to know of the state. Ids are unique among things of one type only. */
export interface KnownIds {
  /** @param type Type token, such as `hcloud:index/server:Server`. */
  has(type: string, id: string): boolean;
}

/** Type tokens of what Mailstead makes at Hetzner. */
export const HETZNER_TYPES: Readonly<Record<HetznerKind, string>> = {
  servers: "hcloud:index/server:Server",
  primary_ips: "hcloud:index/primaryIp:PrimaryIp",
  firewalls: "hcloud:index/firewall:Firewall",
  ssh_keys: "hcloud:index/sshKey:SshKey",
};

export interface Preflight {
  readonly findings: Finding[];
  readonly orphans: Orphan[];
}

function failed(subject: string, error: unknown, fix: string): Finding {
  if (!(error instanceof VendorError)) throw error;
  return { subject, state: "bad", seen: error.message, fix: fixFor(error, fix) };
}

function labelled(stack: string): string {
  return `&label_selector=${encodeURIComponent(`mailstead==${stack}`)}`;
}

async function findHetznerOrphans(hetzner: Hetzner, stack: string, known: KnownIds): Promise<Orphan[]> {
  const selector = labelled(stack);
  const lists = await Promise.all(
    HETZNER_KINDS.map(async (kind) =>
      (await hetzner.list(kind, selector)).map(({ id, name }) => ({ kind, id, name })),
    ),
  );
  return lists
    .flat()
    .filter(({ kind, id }) => !known.has(HETZNER_TYPES[kind], String(id)))
    .map((thing) => ({ vendor: "hetzner", ...thing }));
}

/**
 * A server whose start failed at the vendor stays off: `up` would dial it in vain for minutes.
 *
 * @param keep it may hold mail, so no new one is advised in its place.
 */
async function checkPower(hetzner: Hetzner, stack: string, keep: boolean): Promise<Finding[]> {
  const anew = keep ? "" : ", or raise mailstead:generation by one and run `pulumi up`: a new, empty server";
  const servers = await hetzner.list("servers", labelled(stack));
  return servers
    .filter(({ status }) => status === "off")
    .map(({ name }) => ({
      subject: `server ${name}`,
      state: "bad",
      seen: "is off",
      fix: `switch it on at Hetzner: console, Servers, Power on${anew}`,
    }));
}

async function checkHetzner(plan: Plan, stack: string, token: string, known: KnownIds): Promise<Preflight> {
  const hetzner = new Hetzner(token);
  try {
    const words = checkOffer(await readOffer(hetzner), plan.server, new Date());
    const power = await checkPower(hetzner, stack, plan.server.protect);
    return {
      findings: [{ subject: "Hetzner token", state: "ok", seen: "is accepted" }, ...words, ...power],
      orphans: await findHetznerOrphans(hetzner, stack, known),
    };
  } catch (error) {
    const fix =
      "make a token that may read and write: Hetzner console, Security, API tokens; export HCLOUD_TOKEN";
    return { findings: [failed("Hetzner token", error, fix)], orphans: [] };
  }
}

/**
 * Runs every look.
 *
 * @param stack the value of the label that our things bear.
 * @param hetznerToken the server's.
 * @param zone reads the plan's zone at its provider.
 */
export async function runPreflight(
  plan: Plan,
  stack: string,
  hetznerToken: string,
  zone: ZoneReader,
  known: KnownIds,
): Promise<Preflight> {
  const [server, dns] = await Promise.all([
    checkHetzner(plan, stack, hetznerToken, known),
    checkZone(plan, zone, known),
  ]);
  return { findings: [...server.findings, ...dns.findings], orphans: [...server.orphans, ...dns.orphans] };
}
