/** Makes a stack and the folder of its state, as the steps of the guide do. */
import { mkdirSync } from "node:fs";
import process from "node:process";
import { attach, pulumi } from "../engine.ts";
import { CommandError, print } from "../output/terminal.ts";
import { hasPassphrase } from "./fromOptions.ts";

/** URL of a state in a folder. Without `metadata=skip` a killed run may leave a file there that makes the state unreadable. */
function stateUrl(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

/** With another place in the environment, the login here would count for nothing. @throws CommandError */
export function refuseOtherState(folder: string | undefined): void {
  const other = process.env["PULUMI_BACKEND_URL"] ?? "";
  if (folder === undefined || other === "" || other === stateUrl(folder)) return;
  throw new CommandError(
    "PULUMI_BACKEND_URL names another place for the state than --state",
    "unset PULUMI_BACKEND_URL, or leave --state out",
    2,
  );
}

/** Makes the folder and logs the engine in there. @throws CommandError where the engine refuses */
export async function logIn(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await pulumi(["login", stateUrl(folder)]);
}

/**
 * Makes the folder, logs the engine in there and makes the stack. One that is there already is left as it is.
 *
 * @param folder absolute path.
 * @param quiet nothing is said of it.
 * @throws CommandError where the engine refuses
 */
export async function makeStack(stack: string, folder: string, quiet: boolean): Promise<void> {
  await logIn(folder);
  const select = ["stack", "select", "--create", stack];
  if (hasPassphrase()) {
    await pulumi(select);
  } else if ((await attach("pulumi", select)) !== 0) {
    // Only at a terminal: the engine asks for the passphrase, and has said what was wrong.
    throw new CommandError("the stack was not made", `pulumi ${select.join(" ")}`);
  }
  if (!quiet) print(`Made: the stack ${stack}, its state in ${folder}; pulumi is logged in there`);
}
