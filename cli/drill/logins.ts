/** Mailboxes that a drill logs in to. */
import { readFileSync } from "node:fs";
import type { Config } from "../../stack/model/config.ts";
import type { Login } from "../../verify/host/restored.ts";
import { readOutputs } from "../engine.ts";
import { askSecret } from "../output/askSecret.ts";
import { CommandError } from "../output/terminal.ts";

/** A login takes a second or two; so many prove as much as all. */
const MOST_LOGINS = 20;

export interface LoginOptions {
  readonly mailbox?: string | undefined;
  readonly passwordFile?: string | undefined;
}

async function readPassword(address: string, file: string | undefined): Promise<string> {
  if (file === undefined) return askSecret(`Password of ${address}`);
  const [line = ""] = readFileSync(file, "utf8").split("\n");
  if (line !== "") return line;
  throw new CommandError(`${file} has no password in its first line`, "write it there, and nothing else", 2);
}

/**
 * The one that was named, else those whose passwords the stack made. Never asks the live server.
 *
 * @throws CommandError where none is known
 */
export async function findLogins(
  stack: string,
  { domain, mail }: Pick<Config, "domain" | "mail">,
  { mailbox, passwordFile }: LoginOptions,
): Promise<readonly Login[]> {
  if (!mail.storage) return [];
  if (mailbox !== undefined) {
    const address = mailbox.includes("@") ? mailbox : `${mailbox}@${domain}`;
    return [{ address, password: await readPassword(address, passwordFile) }];
  }
  const outputs = await readOutputs(stack, true);
  const known = (outputs["mailboxes"] ?? []) as readonly Partial<Login>[];
  const logins = known.flatMap(({ address, password }) =>
    address === undefined || password === undefined ? [] : [{ address, password }],
  );
  if (logins.length > 0) return logins.slice(0, MOST_LOGINS);
  throw new CommandError(
    "the stack knows no mailbox's password, and a drill has to read mail",
    "name one: --mailbox you --password-file FILE",
    2,
  );
}
