/** `mailstead ssh` and `logs`: the host itself. */
import { stackName } from "../engine.ts";
import { findRemote, openShell, showLines } from "../remote.ts";
import { CommandError } from "../output/terminal.ts";
import { COMMAND } from "../../stack/values/command.ts";

interface Options {
  readonly stack?: string | undefined;
}

/** Opens a shell on the host, or runs a command there. */
export async function sshCommand(command: readonly string[], options: Options): Promise<number> {
  return openShell(await findRemote(await stackName(options.stack)), command);
}

/** Shows a container's log. */
export async function logsCommand(
  container: string,
  options: Options & { follow?: boolean; lines?: string },
): Promise<number> {
  if (!/^[a-z0-9_-]+$/.test(container)) {
    throw new CommandError(`${container} is no name of a container`, `\`${COMMAND} status\` lists them`, 2);
  }
  const lines = Number(options.lines ?? "100");
  if (!Number.isInteger(lines) || lines < 0)
    throw new CommandError("--lines takes a whole number", "such as --lines 50", 2);
  const remote = await findRemote(await stackName(options.stack));
  return showLines(remote, [
    "docker",
    "logs",
    "--tail",
    String(lines),
    ...(options.follow === true ? ["-f"] : []),
    container,
  ]);
}
