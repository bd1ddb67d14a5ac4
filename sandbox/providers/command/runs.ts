/** What local and remote runs have in common. Pure. */
import type { Known } from "../protocol/handler.ts";

type Stream = "stdout" | "stderr";

/** Which streams of a run are shown; all by default. Throws on a word that is none of the four. */
export function loggingOf(logging: string | undefined): ReadonlySet<Stream> {
  switch (logging ?? "stdoutAndStderr") {
    case "stdoutAndStderr":
      return new Set<Stream>(["stdout", "stderr"]);
    case "stdout":
    case "stderr":
      return new Set<Stream>([logging as Stream]);
    case "none":
      return new Set<Stream>();
    default:
      throw new Error(`logging: ${JSON.stringify(logging)} is none of stdout, stderr, stdoutAndStderr, none`);
  }
}

/** Variables that carry the output of the run before, empty before the first. */
export function previousOutput(outputs: Known): Record<string, string> {
  const names = { PULUMI_COMMAND_STDOUT: outputs.stdout, PULUMI_COMMAND_STDERR: outputs.stderr };
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}
