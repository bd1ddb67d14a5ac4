/** The last steps of `make sandbox`: the real engine runs `index.ts`, and the server's card is printed. */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { paths, repository, stack } from "../groundPlan.ts";

const run = join(repository, "sandbox/run");
const deployLog = join(paths.logsDir, "deploy.log");

/**
 * Runs a command inside the sandbox, from the project folder.
 *
 * @param show passes output through to this terminal as it comes, and keeps it in the log `deploy.log`.
 * @returns standard output.
 * @throws with the end of what it printed when the command fails.
 */
export function runInside(command: readonly string[], show = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(run, command, { cwd: repository, stdio: ["ignore", "pipe", "pipe"] });
    let standardOutput = "";
    let all = "";
    const take = (chunk: Buffer, terminal: NodeJS.WriteStream): void => {
      all += chunk.toString();
      if (!show) return;
      terminal.write(chunk);
      appendFileSync(deployLog, chunk, { mode: 0o600 });
    };
    child.stdout.on("data", (chunk: Buffer) => {
      standardOutput += chunk.toString();
      take(chunk, process.stdout);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      take(chunk, process.stderr);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(standardOutput);
      else
        reject(new Error(`${command.join(" ")} ended with ${String(code)}\n${show ? "" : all.slice(-4000)}`));
    });
  });
}

/** Makes the stack where there is none, and selects it. */
export async function selectStack(): Promise<void> {
  await runInside(["pulumi", "stack", "select", "--create", stack, "--non-interactive"]);
}

/** Runs `pulumi up`. */
export async function deploy(): Promise<void> {
  await runInside(["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack], true);
}

interface Outputs {
  readonly webAddress: string;
  readonly addresses: { readonly ipv4: string; readonly ipv6: string };
  readonly clients: readonly { service: string; host: string; port: number; security: string }[];
}

/** The server's card: where it is, how to reach it, what to type next. No secret is in it. */
export async function card(): Promise<string> {
  const outputs = JSON.parse(
    await runInside(["pulumi", "stack", "output", "--json", "--stack", stack]),
  ) as Outputs;
  const rows = [
    ["web", outputs.webAddress],
    ["IPv4", outputs.addresses.ipv4],
    ["IPv6", outputs.addresses.ipv6],
    ...outputs.clients.map(({ service, host, port, security }) => [
      service,
      `${host}:${String(port)} ${security}`,
    ]),
    ["mailbox", "./sandbox/run pulumi stack output mailboxes --show-secrets"],
    ["login", "./sandbox/run pulumi stack output login --show-secrets"],
    ["state", "./sandbox/run ./mailstead status"],
    ["anything", "./sandbox/run COMMAND, such as ./sandbox/run pulumi preview"],
    ["away", "make sandbox-down"],
  ];
  return rows.map(([name, value]) => `  ${(name ?? "").padEnd(9)} ${value ?? ""}`).join("\n");
}
