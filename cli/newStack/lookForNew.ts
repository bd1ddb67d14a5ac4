/** Looks whether a new stack can be had as it is wished for, and makes the text of its file. */
import type { Config } from "../../stack/model/config.ts";
import { IMAGE_ROLES } from "../../stack/model/imageRoles.ts";
import { DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import { SERVER } from "../../stack/config/keys/schema.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { publicAddress } from "../../verify/observe/publicAddress.ts";
import { judgePlatforms } from "../../verify/preflight/checkPlatforms.ts";
import { checkSupply, type Supply } from "../../verify/preflight/preflight.ts";
import { checkZone } from "../../verify/preflight/zone.ts";
import type { CloudAccount } from "../../verify/vendors/cloud.ts";
import { zoneReader } from "../../verify/vendors/zones.ts";
import { modelFile, type GivenValues } from "../modelFile.ts";
import { CommandError } from "../output/terminal.ts";
import { planOf, type Loaded } from "../project.ts";
import type { NewTokens } from "./findWishes.ts";
import { MINE, type Wanted } from "./given.ts";
import { findImages, usualImages, type Look, type PinnedImage } from "../pin/images.ts";

/** Stand for what the registries say, where the rest is judged before they are asked. */
const UNKNOWN = { release: "v0.0.0", digest: `sha256:${"0".repeat(64)}` };

/** What the look came to. */
export interface NewLook {
  readonly findings: readonly Finding[];
  /** The whole file; absent where an image was not found. */
  readonly text?: string;
}

/** Certificates by the DNS where certbot can write there, which is the default; else over HTTP. */
function certificates(dns: Wanted["dns"]): GivenValues {
  const distributions: readonly string[] = DNS_PROVIDERS[dns].authenticator?.distributions ?? [];
  return distributions.includes(SERVER.image.default.value) ? {} : { "certificates.method": "http-01" };
}

function values(wanted: Wanted, adminNetworks: readonly string[]) {
  const { domain, email, provider, location, type, dns, mailboxes } = wanted;
  return {
    domain,
    email,
    ...{ "server.provider": provider, "server.location": location, "server.type": type },
    "server.adminNetworks": adminNetworks,
    "dns.provider": dns,
    ...(mailboxes.length === 0 ? {} : { mailboxes }),
    ...certificates(dns),
  };
}

function imageValues(release: string, digestOf: (role: PinnedImage["role"]) => string): GivenValues {
  const digests = IMAGE_ROLES.map((role) => [`mail.images.${role}.digest`, digestOf(role)] as const);
  return { "mail.release": release, ...Object.fromEntries(digests) };
}

/** The address of this machine in place of its word. @throws CommandError where nobody tells it */
async function readNetworks(networks: readonly string[]): Promise<readonly string[]> {
  if (!networks.includes(MINE)) return networks;
  const own = await publicAddress();
  if (own !== undefined) return networks.map((block) => (block === MINE ? `${own}/32` : block));
  throw new CommandError(
    "this machine's own address could not be told",
    "name the block that you administer from, such as --admin-network 203.0.113.0/24",
  );
}

async function checkDns({ plan }: Loaded, { dns }: Pick<Config, "dns">, token: string): Promise<Finding[]> {
  const reader = zoneReader(dns.provider, dns.zone, token);
  const { findings } = await checkZone(plan, reader, { has: () => false });
  return findings;
}

/** What the server would cost, beside what it is. */
function describePrice({ size }: Supply, location: string): Finding[] {
  const price = size?.prices[location];
  if (size === undefined || price === undefined) return [];
  return [{ subject: "price", state: "ok", seen: `${size.name} in ${location}: ${price}` }];
}

function warningsOf({ warnings }: Loaded): Finding[] {
  return warnings.map(({ path, message, fix }) => ({ subject: path, state: "warn", seen: message, fix }));
}

function write(base: ReturnType<typeof values>, looks: readonly Look[]): string | undefined {
  const images = looks.flatMap(({ image }) => image ?? []);
  const app = images.find(({ role }) => role === "app");
  if (app === undefined || images.length < IMAGE_ROLES.length) return undefined;
  const digests = new Map(images.map(({ role, digest }) => [role, digest]));
  return modelFile({ ...base, ...imageValues(app.tag, (role) => digests.get(role) ?? "") });
}

/** The plan of what is known before any registry has answered. @throws CommandError, and then nobody is asked any more */
function planDraft(stack: string, base: ReturnType<typeof values>, stop: AbortController): Loaded {
  const draft = modelFile({ ...base, ...imageValues(UNKNOWN.release, () => UNKNOWN.digest) });
  try {
    return planOf(stack, `Pulumi.${stack}.yaml`, Buffer.from(draft));
  } catch (error) {
    stop.abort();
    throw error;
  }
}

/**
 * Asks vendors and registries, all at once.
 *
 * @throws CommandError that lists what is wrong with the configuration itself
 */
export async function lookForNew(
  stack: string,
  wanted: Wanted,
  tokens: NewTokens,
  account: CloudAccount,
): Promise<NewLook> {
  const base = values(wanted, await readNetworks(wanted.adminNetworks));
  const stop = new AbortController();
  // They take longest, and need nothing of the plan.
  const asked = findImages(usualImages(wanted.release), stop.signal);
  const loaded = planDraft(stack, base, stop);
  const [supply, zone, looks] = await Promise.all([
    checkSupply(loaded.plan, account),
    checkDns(loaded, loaded.config, tokens.dns),
    asked,
  ]);
  const images = looks.flatMap(({ image }) => image ?? []);
  const findings = [
    ...warningsOf(loaded),
    ...supply.findings,
    ...describePrice(supply, wanted.location),
    ...zone,
    ...looks.map(({ finding }) => finding),
    ...(supply.size === undefined ? [] : judgePlatforms(images, supply.size)),
  ];
  const text = write(base, looks);
  return { findings, ...(text === undefined ? {} : { text }) };
}
