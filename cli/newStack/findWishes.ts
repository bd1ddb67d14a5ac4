/** What a new stack is to be: from a terminal, or from the options alone. */
import { DNS, SERVER } from "../../stack/config/keys/schema.ts";
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import { CLOUDS, DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import type { CloudAccount } from "../../verify/vendors/cloud.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { isTerminal, openQuestions, type Questions } from "../output/questions.ts";
import { CommandError } from "../output/terminal.ts";
import { readGivenToken, readGivenTokens } from "../tokens.ts";
import { askDns, askWishes } from "./fromTerminal.ts";
import { readOptions, type Wishes } from "./fromOptions.ts";
import type { InitOptions } from "./given.ts";

/** Tokens of the vendors that a new stack is at. */
export interface NewTokens {
  readonly cloud: string;
  readonly dns: string;
}

/** {@link Wishes}, with what is needed to look whether they can be had. */
export interface FoundWishes extends Wishes {
  readonly tokens: NewTokens;
  /** The account at the server's cloud. */
  readonly account: CloudAccount;
}

function listPlaces(options: InitOptions, dns: DnsProviderName) {
  const provider = options.provider ?? SERVER.provider.default.value;
  return [CLOUDS[provider].token, DNS_PROVIDERS[dns].token] as const;
}

/** The tokens. @throws CommandError that names every one that is missing */
async function readTokens(stack: string, options: InitOptions, dns: DnsProviderName): Promise<NewTokens> {
  const [ofCloud, ofDns] = await readGivenTokens(listPlaces(options, dns), stack);
  return { cloud: ofCloud.token, dns: ofDns.token };
}

/** A line for each token that is missing, or is none. */
async function findTokenFaults(stack: string, options: InitOptions, dns: DnsProviderName): Promise<string[]> {
  const faults: string[] = [];
  for (const place of listPlaces(options, dns)) {
    try {
      await readGivenToken(place, stack);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      faults.push(`${error.message}: ${error.nextStep}`);
    }
  }
  return [...new Set(faults)];
}

function openAccount(options: InitOptions, { cloud }: NewTokens): CloudAccount {
  return OPEN_ACCOUNT[options.provider ?? SERVER.provider.default.value](cloud);
}

/** Tokens are asked of nobody: who runs this keeps them in the environment, for `pulumi up` too. */
async function ask(
  domain: string,
  stack: string,
  options: InitOptions,
  questions: Questions,
): Promise<FoundWishes> {
  const dns = await askDns(options, questions);
  const tokens = await readTokens(stack, options, dns);
  const account = openAccount(options, tokens);
  const offer = await account.offer?.(new Date());
  return { ...(await askWishes(domain, dns, options, offer, questions)), tokens, account };
}

/** Wishes from the options, and the tokens; what is missing of either is told together. */
async function read(domain: string, stack: string, options: InitOptions): Promise<FoundWishes> {
  const dns = options.dns ?? DNS.provider.default.value;
  const wishes = readOptions(domain, options, await findTokenFaults(stack, options, dns));
  const tokens = await readTokens(stack, options, dns);
  return { ...wishes, tokens, account: openAccount(options, tokens) };
}

/**
 * Finds out what is wished for. With `--json` nobody is asked.
 *
 * @throws CommandError that names all that is missing
 */
export async function findWishes(domain: string, stack: string, options: InitOptions): Promise<FoundWishes> {
  if (options.json === true || !isTerminal()) return read(domain, stack, options);
  const questions = openQuestions();
  try {
    return await ask(domain, stack, options, questions);
  } finally {
    questions.close();
  }
}
