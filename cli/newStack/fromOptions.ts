/** The wishes of `init` from its options alone: everything that is missing or wrong is told at once. */
import process from "node:process";
import { COMMAND } from "../../stack/values/command.ts";
import { DNS, SERVER } from "../../stack/config/keys/schema.ts";
import { shellQuote } from "../../stack/values/shellQuote.ts";
import { CommandError } from "../output/terminal.ts";
import { LATEST, type Asked } from "../pin/release.ts";
import { listAsked, type InitOptions, type Wanted } from "./given.ts";

/** What is wished for, and the folder of the state where the stack is to be made. */
export interface Wishes {
  readonly wanted: Wanted;
  readonly state: string | undefined;
}

/** Values that were read, a line for each option that is missing or wrong, and the command line as it would be right. */
class OptionReader {
  readonly faults: string[] = [];
  readonly #words: string[];

  /** @param words with which the command line begins. */
  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  read({ option, read, example }: Asked, text: string): string {
    const answer = read(text);
    const isGood = answer.refused === undefined;
    this.#words.push(option, isGood ? word(text) : example);
    if (isGood) return answer.value;
    this.faults.push(`${option} ${text}: ${answer.refused}`);
    return "";
  }

  need(asked: Asked, text: string | undefined): string {
    if (text !== undefined) return this.read(asked, text);
    const { option, example, meaning } = asked;
    this.faults.push(`${option} is missing: ${meaning}, such as ${option} ${example}`);
    this.#words.push(option, example);
    return "";
  }

  /** What may be left out. @param usual what counts then */
  may<T>(asked: Asked, text: string | undefined, usual: T): string | T {
    return text === undefined ? usual : this.read(asked, text);
  }

  get line(): string {
    return this.#words.join(" ");
  }
}

/** One word of a command line, in quotes where it has to be. */
function word(text: string): string {
  return /^[\w@./:+~-]+$/.test(text) ? text : shellQuote(text);
}

/** Whether the engine has the passphrase by which it would make a stack. */
export function hasPassphrase(): boolean {
  return ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"].some(
    (name) => process.env[name] !== undefined,
  );
}

/** What keeps the engine from making a stack in a folder. */
function stateFaults(state: string | undefined): string[] {
  if (state === undefined || hasPassphrase()) return [];
  return [
    "PULUMI_CONFIG_PASSPHRASE is missing: it opens every key and secret of the stack; export PULUMI_CONFIG_PASSPHRASE=…, or " +
      "PULUMI_CONFIG_PASSPHRASE_FILE=FILE",
  ];
}

/** Options whose values were read before. */
function firstWords(domain: string, { stack, provider, dns }: InitOptions): string[] {
  const options = Object.entries({ stack, provider, dns });
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, word(value)]));
  return [COMMAND, "init", domain, ...given];
}

/**
 * Reads the options.
 *
 * @param tokens what is missing of the vendors' tokens, told together with the rest.
 * @throws CommandError that names every option that is missing or wrong
 */
export function readOptions(domain: string, options: InitOptions, tokens: readonly string[]): Wishes {
  const provider = options.provider ?? SERVER.provider.default.value;
  const asked = listAsked(provider);
  const reader = new OptionReader(firstWords(domain, options));
  const { adminNetwork = [] } = options;
  const networks = adminNetwork.length === 0 ? [undefined] : adminNetwork;
  const wanted: Wanted = {
    ...{ domain, provider, dns: options.dns ?? DNS.provider.default.value },
    email: reader.need(asked.email, options.email),
    location: reader.need(asked.location, options.location),
    type: reader.may(asked.type, options.type, SERVER.type.default.value),
    adminNetworks: networks.map((block) => reader.need(asked.adminNetwork, block)),
    mailboxes: (options.mailbox ?? []).map((one) => reader.read(asked.mailbox, one)),
    release: reader.may(asked.release, options.release, LATEST),
  };
  const state = reader.may(asked.state, options.state, undefined);
  const faults = [...reader.faults, ...tokens, ...stateFaults(state)];
  if (faults.length === 0) return { wanted, state };
  const list = faults.map((one) => `  ${one}`).join("\n");
  throw new CommandError(`nothing is written:\n${list}`, `mend that, then such as: ${reader.line}`, 2);
}
