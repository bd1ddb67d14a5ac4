/** `mailstead ssh`, `logs` and `rebuild`: the host itself. */
import { HETZNER_TYPES } from "../../verify/preflight.ts";
import { pulumiAttached, readState, stackName } from "../engine.ts";
import { findRemote, openShell } from "../remote.ts";
import { CommandError, print } from "../terminal.ts";
import { COMMAND } from "../../stack/command.ts";

interface Options {
  readonly stack?: string;
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
  return openShell(remote, [
    "docker",
    "logs",
    "--tail",
    String(lines),
    ...(options.follow === true ? ["-f"] : []),
    container,
  ]);
}

/**
 * Makes a server that was deleted at the vendor anew: refreshes the server alone, so that the engine learns of the
 * loss, and runs a plain `up`, which makes the server and all that stands on it.
 */
export async function rebuildCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { resources } = await readState(stack);
  const server = resources.find(({ type }) => type === HETZNER_TYPES.servers);
  if (server !== undefined) {
    print("asking the vendor for the server …");
    const refreshed = await pulumiAttached([
      ...["refresh", "--yes", "--skip-preview", "--run-program", "--target", server.urn, "--stack", stack],
    ]);
    if (refreshed !== 0) return refreshed;
  }
  print("bringing it up …");
  return pulumiAttached(["up", "--yes", "--skip-preview", "--stack", stack]);
}
