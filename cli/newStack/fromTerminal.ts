/** The wishes of `init` from somebody at a terminal: what no option says is asked for. */
import { DNS, SERVER } from "../../stack/config/keys/schema.ts";
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import { DNS_PROVIDERS, DNS_PROVIDER_NAMES } from "../../stack/vendors/registry.ts";
import { publicAddress } from "../../verify/observe/publicAddress.ts";
import type { CloudOffer, ServerSize } from "../../verify/vendors/cloud.ts";
import type { Answer, Choice, Questions } from "../output/questions.ts";
import { CommandError } from "../output/terminal.ts";
import type { Wishes } from "./fromOptions.ts";
import { LATEST, type Asked } from "../pin/release.ts";
import { listAsked, type InitOptions } from "./given.ts";

/** Answer where the stack, or an address, is not to be made. */
const NONE = "none";

/** The DNS provider: as the options have it, else as is answered. It is asked first, as it says which tokens are needed. */
export function askDns(options: InitOptions, questions: Questions): Promise<DnsProviderName> {
  if (options.dns !== undefined) return Promise.resolve(options.dns);
  const choices = DNS_PROVIDER_NAMES.map((name) => ({ name, about: [DNS_PROVIDERS[name].title] }));
  return questions.choose(
    "Where is the zone of the domain?",
    choices,
    DNS.provider.default.value,
  ) as Promise<DnsProviderName>;
}

/** An option that was given; a wrong one ends the command. */
function take({ option, read }: Asked, text: string): string {
  const answer = read(text);
  if (answer.refused === undefined) return answer.value;
  throw new CommandError(`${option} ${text}: ${answer.refused}`, "correct the option, and run it again", 2);
}

async function need(asked: Asked, given: string | undefined, ask: () => Promise<string>): Promise<string> {
  return given === undefined ? ask() : take(asked, given);
}

/** A size of a location, with what it has and costs. */
function describeSize({ name, cpus, memoryMib, architecture, prices }: ServerSize, location: string): Choice {
  const memory = memoryMib === undefined ? "" : `${String(memoryMib / 1024)} GB`;
  const processors = cpus === undefined ? "" : `${String(cpus)} CPUs`;
  return { name, about: [processors, memory, architecture ?? "", prices[location] ?? ""] };
}

/** The configuration's own where it can be ordered, else the first. */
function preferred(choices: readonly Choice[], name: string): string | undefined {
  return choices.some((choice) => choice.name === name) ? name : choices[0]?.name;
}

/** Several answers in one line. */
function readSeveral({ read }: Asked, texts: readonly string[]): Answer<readonly string[]> {
  const answers = texts.map((one) => read(one));
  const [refused] = answers.flatMap((one) => one.refused ?? []);
  const value = answers.flatMap((one) => (one.refused === undefined ? [one.value] : []));
  return refused === undefined ? { value } : { refused };
}

async function askNetworks(asked: Asked, questions: Questions): Promise<readonly string[]> {
  const own = await publicAddress();
  const question = "Networks that may reach SSH, the deploy's among them";
  const fallback = own === undefined ? undefined : `${own}/32`;
  return questions.ask(question, (text) => readSeveral(asked, text.split(/[\s,]+/)), fallback);
}

function askMailboxes(asked: Asked, questions: Questions): Promise<readonly string[]> {
  const question = "Addresses to be made, such as: jane info=you@example.org";
  const read = (text: string): Answer<readonly string[]> =>
    text === NONE ? { value: [] } : readSeveral(asked, text.split(/\s+/));
  return questions.ask(question, read, NONE);
}

/** Whether the stack is to be made, and where its state is to be kept. */
function askState(asked: Asked, questions: Questions): Promise<string | undefined> {
  const read = (text: string): Answer<string | undefined> =>
    text === NONE ? { value: undefined } : asked.read(text);
  const question = `Folder for the stack's state (${NONE}: make the stack yourself)`;
  return questions.ask(question, read, asked.example);
}

/** Asks for what the options do not say. @throws CommandError for an option that is wrong */
export async function askWishes(
  domain: string,
  dns: DnsProviderName,
  options: InitOptions,
  offer: CloudOffer | undefined,
  questions: Questions,
): Promise<Wishes> {
  const provider = options.provider ?? SERVER.provider.default.value;
  const asked = listAsked(provider);
  const askFor = (what: Asked, question: string, choices: readonly Choice[], first: string) => () =>
    choices.length === 0
      ? questions.ask(question, what.read, first)
      : questions.choose(question, choices, preferred(choices, first));
  const email = await need(asked.email, options.email, () =>
    questions.ask("Your address, outside of the domain", asked.email.read),
  );
  const places = (offer?.locations ?? []).map(({ name, title }) => ({ name, about: [title] }));
  const askLocation = askFor(asked.location, "Location of the server", places, asked.location.example);
  const location = await need(asked.location, options.location, askLocation);
  const sizes = (offer?.sizes ?? []).filter(({ prices }) => location in prices);
  const choices = sizes.map((size) => describeSize(size, location));
  const type = await need(
    asked.type,
    options.type,
    askFor(asked.type, "Size of the server", choices, asked.type.example),
  );
  const adminNetworks =
    options.adminNetwork?.map((block) => take(asked.adminNetwork, block)) ??
    (await askNetworks(asked.adminNetwork, questions));
  const mailboxes =
    options.mailbox?.map((one) => take(asked.mailbox, one)) ?? (await askMailboxes(asked.mailbox, questions));
  const release = take(asked.release, options.release ?? LATEST);
  const state =
    options.state === undefined ? await askState(asked.state, questions) : take(asked.state, options.state);
  const wanted = { domain, email, provider, location, type, dns, adminNetworks, mailboxes, release };
  return { wanted, state };
}
