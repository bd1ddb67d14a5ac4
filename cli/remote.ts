/** Commands on the host, over the pinned SSH connection that the deploy left in `.mailstead/STACK/`. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { printableLines } from "../stack/values/printable.ts";
import { sshDirectory, sshFilePaths, sshOptions } from "../components/sshFiles.ts";
import { attach, runToEnd, projectFolder, readOutputs } from "./engine.ts";
import { CommandError } from "./output/terminal.ts";
import { COMMAND } from "../stack/values/command.ts";

/** A host that can be reached. */
export interface Remote {
  readonly address: string;
  /** Options for `ssh`, everything but the host and the command. */
  readonly options: readonly string[];
}

/**
 * Finds the host of a stack.
 *
 * @throws CommandError when the stack has no server or its key is not in this checkout.
 */
export async function findRemote(stack: string): Promise<Remote> {
  const outputs = await readOutputs(stack);
  const addresses = outputs["addresses"] as { ipv4?: string } | undefined;
  if (addresses?.ipv4 === undefined) {
    throw new CommandError(`the stack ${stack} has no server yet`, "run `pulumi up` first");
  }
  return remoteAt(stack, addresses.ipv4);
}

/** The host of a stack at an address, also before its first `up` has ended. @throws CommandError without a key. */
export function remoteAt(stack: string, address: string): Remote {
  const folder = join(projectFolder(), sshDirectory(stack));
  const files = sshFilePaths(folder);
  if (!existsSync(files.keyFile) || !existsSync(files.knownHosts)) {
    throw new CommandError(
      `no deploy key in ${folder}`,
      "run `pulumi up` or `pulumi preview` here: it writes the key",
    );
  }
  return { address, options: ["-l", "root", ...sshOptions(files)] };
}

/** A script asks at most six mail hosts for five seconds each, and Docker, which may be slow to answer. */
const LIMIT_SECONDS = 180;

/** What `ssh` itself ends with; any other code is that of the command on the host. */
const SSH_FAILED = 255;

function noSsh(message: string, exitCode?: number): CommandError {
  return new CommandError(
    message,
    "is the server on, and your address in mailstead:server.adminNetworks? Where you have moved to another network: add " +
      "it, `pulumi up`, and restart the server at its vendor, which then takes SSH from there for 15 minutes. " +
      `\`${COMMAND} rebuild\` makes a lost server anew`,
    exitCode,
  );
}

/** The exit code of a command on the host. @throws CommandError where `ssh` failed, which has said why. */
function ofHost({ address }: Remote, code: number): number {
  if (code !== SSH_FAILED) return code;
  throw noSsh(`ssh to ${address} ended with ${String(code)}, as it does without a connection`, code);
}

/**
 * Runs a script on the host. It travels by standard input, so that nothing in it shows in a process list.
 *
 * @returns its standard output.
 * @throws CommandError when the host does not answer or the script fails.
 */
export async function runScript(remote: Remote, script: string): Promise<string> {
  const ended = await runToEnd("ssh", [...remote.options, remote.address, "bash -s"], script, LIMIT_SECONDS);
  if (ended.code === SSH_FAILED) {
    throw noSsh(`no SSH to ${remote.address}: ${ended.stderr.trim().slice(-800)}`);
  }
  if (ended.code !== 0) {
    throw new CommandError(
      `the host answered with ${ended.code}: ${ended.stderr.trim().slice(-800)}`,
      `try \`${COMMAND} ssh\``,
    );
  }
  return ended.stdout;
}

/**
 * Shows what a command on the host prints, line by line and without what would move the cursor, colour the terminal or
 * hide: logs hold what strangers sent.
 *
 * @param out where its standard output is shown.
 * @returns its exit code.
 * @throws CommandError where SSH fails
 */
export async function showLines(
  remote: Remote,
  command: readonly string[],
  out: NodeJS.WritableStream = process.stdout,
): Promise<number> {
  const { code } = await follow(remote, command, (line) => {
    out.write(line);
  });
  return code;
}

/**
 * Shows what a command on the host says on standard error, as {@link showLines} does, and keeps its standard output.
 *
 * @throws CommandError where SSH fails
 */
export async function showProgress(
  remote: Remote,
  command: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string }> {
  let stdout = "";
  const { code } = await follow(remote, command, (line) => (stdout += line));
  return { code, stdout };
}

/**
 * {@link showProgress} of a script, which travels by standard input, so that nothing in it shows in a process list.
 *
 * @throws CommandError where SSH fails
 */
export async function showScript(
  remote: Remote,
  script: string,
): Promise<{ readonly code: number; readonly stdout: string }> {
  let stdout = "";
  const { code } = await follow(remote, ["bash -s"], (line) => (stdout += line), script);
  return { code, stdout };
}

async function follow(
  remote: Remote,
  command: readonly string[],
  take: (line: string) => void,
  input?: string,
): Promise<{ readonly code: number }> {
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn("ssh", [...remote.options, remote.address, ...command], {
      cwd: projectFolder(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    // Who ends before it has read all of it is judged by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const toError = (line: string): void => {
      process.stderr.write(line);
    };
    for (const [from, to] of [
      [child.stdout, take],
      [child.stderr, toError],
    ] as const) {
      createInterface({ input: from, crlfDelay: Infinity }).on("line", (line) => {
        to(`${printableLines(stripVTControlCharacters(line))}\n`);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
  return { code: ofHost(remote, code) };
}

/** Opens a shell, or runs one command, on this terminal. Returns its exit code. @throws CommandError where SSH fails */
export async function openShell(remote: Remote, command: readonly string[]): Promise<number> {
  const terminal = command.length === 0 ? ["-t"] : [];
  return ofHost(remote, await attach("ssh", [...remote.options, ...terminal, remote.address, ...command]));
}
