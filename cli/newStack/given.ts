/** What `init` asks for: each value is read as the configuration will be, from the command line or a terminal. */
import { homedir } from "node:os";
import { resolve } from "node:path";
import { SERVER, TOP } from "../../stack/config/keys/schema.ts";
import type { CloudName, DnsProviderName } from "../../stack/model/vendorNames.ts";
import { readMailboxName } from "../../stack/config/keys/mailboxSchema.ts";
import { readMailAddress } from "../../stack/values/mailAddress.ts";
import { readNetwork } from "../../stack/values/network.ts";
import { alternatives } from "../../stack/values/sentence.ts";
import { CLOUDS, CLOUD_NAMES, DNS_PROVIDER_NAMES } from "../../stack/vendors/registry.ts";
import type { Answer } from "../output/questions.ts";
import { CommandError } from "../output/terminal.ts";
import { answered, RELEASE, type Asked } from "../pin/release.ts";

/** The options of `init`, as the command line gives them. */
export interface GivenOptions extends Omit<InitOptions, "provider" | "dns"> {
  readonly provider?: string | undefined;
  readonly dns?: string | undefined;
}

/** The same with the vendors' names read. */
export interface InitOptions {
  readonly stack?: string | undefined;
  readonly email?: string | undefined;
  readonly provider?: CloudName | undefined;
  readonly location?: string | undefined;
  readonly type?: string | undefined;
  readonly dns?: DnsProviderName | undefined;
  readonly adminNetwork?: readonly string[] | undefined;
  readonly mailbox?: readonly string[] | undefined;
  readonly release?: string | undefined;
  readonly state?: string | undefined;
  readonly template?: true | undefined;
  readonly json?: true | undefined;
}

/** Stands for the address that this machine has today. */
export const MINE = "mine";

/** Everything that the file is made from but the images. */
export interface Wanted {
  readonly domain: string;
  readonly email: string;
  readonly provider: CloudName;
  readonly location: string;
  readonly type: string;
  readonly dns: DnsProviderName;
  /** CIDR blocks, or {@link MINE}. */
  readonly adminNetworks: readonly string[];
  /** Addresses to be made, each as {@link readMailbox} has it. */
  readonly mailboxes: readonly string[];
  /** A tag, or `LATEST`. */
  readonly release: string;
}

function readName<Name extends string>(
  option: string,
  given: string | undefined,
  names: readonly Name[],
): Name | undefined {
  const name = names.find((one) => one === given);
  if (given === undefined || name !== undefined) return name;
  throw new CommandError(`${option} ${given}: there is none of this name`, `name ${alternatives(names)}`, 2);
}

/** Reads the vendors' names, which everything else depends on. @throws CommandError for one that is none */
export function readVendors({ provider, dns, ...options }: GivenOptions): InitOptions {
  return {
    ...options,
    provider: readName("--provider", provider, CLOUD_NAMES),
    dns: readName("--dns", dns, DNS_PROVIDER_NAMES),
  };
}

/** What is asked for, by the configuration's own readers. */
export function listAsked(provider: CloudName) {
  const cloud = CLOUDS[provider];
  const mine = `${MINE} is the address that this machine has today`;
  return {
    email: {
      ...{ option: "--email", example: "you@example.org", meaning: TOP.email.meaning },
      read: (text) => answered(readMailAddress(text)),
    },
    location: {
      ...{ option: "--location", example: "nbg1", meaning: SERVER.location.meaning },
      read: (text) => answered(cloud.readLocation(text)),
    },
    type: {
      ...{ option: "--type", example: SERVER.type.default.value, meaning: SERVER.type.meaning },
      read: (text) => answered(cloud.readServerType(text)),
    },
    adminNetwork: {
      ...{ option: "--admin-network", example: MINE },
      meaning: `${SERVER.adminNetworks.meaning}; ${mine}`,
      read: (text) => (text === MINE ? { value: MINE } : answered(readNetwork(text))),
    },
    mailbox: {
      ...{ option: "--mailbox", example: "jane", meaning: "addresses to be made" },
      read: readMailbox,
    },
    release: RELEASE,
    state: {
      ...{ option: "--state", example: "~/mailstead-state" },
      meaning: "folder for the stack's state",
      read: readFolder,
    },
  } satisfies Readonly<Record<string, Asked>>;
}

/** A name, or `NAME=ADDRESS,…` where mail goes on. */
function readMailbox(text: string): Answer<string> {
  const [given = "", ...targets] = text.split(/[=,]/);
  const read = [readMailboxName(given), ...targets.map((one) => readMailAddress(one))].map((one) =>
    answered(one),
  );
  const [refused] = read.flatMap((one) => one.refused ?? []);
  if (refused !== undefined) return { refused };
  const [name = "", ...addresses] = read.flatMap((one) => (one.refused === undefined ? [one.value] : []));
  return { value: addresses.length === 0 ? name : `${name}=${addresses.join(",")}` };
}

/** A folder, with `~` for the home of whoever runs this. Its path becomes part of a URL, so it has no character of those. */
export function readFolder(text: string): Answer<string> {
  const folder = resolve(text.replace(/^~(?=\/|$)/, homedir()));
  if (text !== "" && /^[\w./@+,=-]+$/.test(folder)) return { value: folder };
  return { refused: "name a folder whose path has letters, digits and . / @ + , = _ - only" };
}
