/** Runs one command over an SSH connection. */
import type { Client, ClientChannel } from "ssh2";

/** A command and what goes with it. */
export interface RemoteRun {
  readonly command: string;
  readonly stdin: string | undefined;
  /** Variables that the server must accept, or the run fails. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that the server may refuse with a warning. */
  readonly optionalEnvironment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Gets whole lines as they come. */
  line(stream: "stdout" | "stderr", text: string): void;
  warn(message: string): void;
}

/** What a command printed, one final newline less. */
export interface RunOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in the user's login shell, without a terminal. Throws when it ends with another status than 0; the
 * error holds the whole command and all that it printed, as the real plugin's does.
 */
export async function runRemote(client: Client, run: RemoteRun): Promise<RunOutput> {
  await checkEnvironment(client, run);
  const { code, signal, stdout, stderr, both } = await execute(client, run.command, run);
  if (code === 0) return { stdout: trimmed(stdout), stderr: trimmed(stderr) };
  throw new Error(`${endOf(code, signal)}: running ${JSON.stringify(run.command)}:\n${both}`);
}

function endOf(code: number | null, signal: string | undefined): string {
  if (code !== null) return `Process exited with status ${code}`;
  if (signal !== undefined) return `Process exited with status 1 from signal ${signal}`;
  return "wait: remote command exited without exit status or exit signal";
}

/** Warnings name the variables, never their values. */
function refusedWarning(names: readonly string[]): string {
  return (
    `Unable to set ${names.map((name) => `'${name}'`).join(", ")}: the SSH server accepts variables only when its ` +
    "AcceptEnv names them. Set addPreviousOutputInEnv to false to be without this warning."
  );
}

/** The library does not tell whether the server took a variable, so a first session asks for what arrived. */
async function checkEnvironment(client: Client, run: RemoteRun): Promise<void> {
  const required = Object.keys(run.environment);
  const optional = Object.keys(run.optionalEnvironment);
  if (required.length + optional.length === 0) return;
  const probe = { ...run, stdin: undefined, line: () => undefined };
  const { stdout } = await execute(client, "env", probe);
  const arrived = new Set(stdout.split("\n").map((line) => line.split("=")[0] ?? ""));
  for (const name of required) {
    if (!arrived.has(name)) {
      throw new Error(`could not set environment variable ${JSON.stringify(name)}: ssh: setenv failed`);
    }
  }
  const refused = optional.filter((name) => !arrived.has(name));
  if (refused.length > 0) run.warn(refusedWarning(refused));
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly both: string;
}

async function execute(client: Client, command: string, run: RemoteRun): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const abort = (): void => {
    client.destroy();
    reject(run.signal.reason as Error);
  };
  const lost = (): void => {
    reject(new Error("wait: remote command exited without exit status or exit signal"));
  };
  run.signal.addEventListener("abort", abort, { once: true });
  client.once("close", lost);
  try {
    const env = { ...run.optionalEnvironment, ...run.environment };
    client.exec(command, { env }, (error, channel) => {
      if (error) reject(error);
      else collect(channel, run, resolve);
    });
    return await promise;
  } finally {
    run.signal.removeEventListener("abort", abort);
    client.removeListener("close", lost);
  }
}

function collect(channel: ClientChannel, run: RemoteRun, done: (ended: Ended) => void): void {
  const text = { stdout: "", stderr: "" };
  let both = "";
  let code: number | null = null;
  let signal: string | undefined;
  const closers = (["stdout", "stderr"] as const).map((name) => {
    const stream = name === "stdout" ? channel : channel.stderr;
    const lines = new Lines((line) => {
      run.line(name, line);
    });
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      text[name] += chunk;
      both += chunk;
      lines.add(chunk);
    });
    return () => {
      lines.end();
    };
  });
  channel.on("exit", (status: number | null, name?: string) => {
    code = status;
    signal = name;
  });
  channel.on("close", () => {
    for (const close of closers) close();
    done({ code, signal, ...text, both });
  });
  // A command that does not read its input closes it early; its status says whether that was a fault.
  channel.on("error", () => undefined);
  channel.end(run.stdin ?? "");
}

class Lines {
  readonly #tell: (line: string) => void;
  #rest = "";

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  add(chunk: string): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#tell(line);
  }

  end(): void {
    if (this.#rest !== "") this.#tell(this.#rest);
  }
}

function trimmed(text: string): string {
  return text.replace(/\n$/, "");
}
