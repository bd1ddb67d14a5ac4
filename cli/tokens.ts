/** Tokens of the vendors, from the places where the engine's plugins look, in their order. */
import process from "node:process";
import { UNREAD_SECRET } from "../stack/values/field.ts";
import { findToken, type GivenToken, type TokenPlace } from "../stack/vendors/tokenPlaces.ts";
import { tokenFix, tokenFault } from "../stack/vendors/tokenText.ts";
import { pulumi } from "./engine.ts";
import { readStackValue } from "./project.ts";
import { CommandError } from "./output/terminal.ts";

export type { GivenToken, TokenPlace };

/** The key's value in the stack's file; the engine is asked only where it is kept secret there. */
async function configured(key: string, stack: string): Promise<string | undefined> {
  const value = readStackValue(stack, key);
  if (value !== UNREAD_SECRET) return value;
  return (await pulumi(["config", "get", key, "--stack", stack])).replace(/\n$/, "");
}

/** The plugins of the engine take a token as it is: what is around it would end every run. */
function sound(given: GivenToken): GivenToken {
  const fault = tokenFault(given.token);
  if (fault !== undefined) throw new CommandError(`${given.place} ${fault}`, tokenFix(given.place), 2);
  return given;
}

/**
 * A token, and where it was found.
 *
 * @throws CommandError that names both places when neither has it, and the one that has what is no token.
 */
export async function readGivenToken(place: TokenPlace, stack: string): Promise<GivenToken> {
  const { key, variables } = place;
  const given = findToken(place, await configured(key, stack), process.env);
  if (given !== undefined) return sound(given);
  throw new CommandError(
    `there is no ${variables[0]} and no ${key}`,
    `export ${variables[0]}, or: pulumi config set --secret ${key}`,
  );
}

/** What was refused, in one error where there are more. */
function together(refused: readonly CommandError[]): CommandError | undefined {
  const [first] = refused;
  const said = (part: "message" | "nextStep"): string =>
    [...new Set(refused.map((one) => one[part]))].join("; ");
  return first && new CommandError(said("message"), said("nextStep"), first.exitCode);
}

/**
 * The tokens of several places, in their order.
 *
 * @throws CommandError that names every place that has none, or what is no token.
 */
export async function readGivenTokens<const Places extends readonly TokenPlace[]>(
  places: Places,
  stack: string,
): Promise<{ [Index in keyof Places]: GivenToken }> {
  const refused: CommandError[] = [];
  const given: GivenToken[] = [];
  // One after the other: the engine may have to be asked for each, and it locks what it reads.
  for (const place of places) {
    try {
      given.push(await readGivenToken(place, stack));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      refused.push(error);
    }
  }
  const fault = together(refused);
  if (fault !== undefined) throw fault;
  return given as { [Index in keyof Places]: GivenToken };
}

/** A token. @throws CommandError that names both places when neither has it. */
export async function readToken(place: TokenPlace, stack: string): Promise<string> {
  return (await readGivenToken(place, stack)).token;
}
