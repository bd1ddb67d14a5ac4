/** The engine's runs of a drill: with what is told on the way, and ended in an orderly way where somebody wants it to end. */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { drillStack } from "../../stack/drill/drillStack.ts";
import { projectFolder } from "../engine.ts";
import { drillFile } from "./place.ts";

/** What the engine says of a resource, as far as it is looked at. */
export interface EngineEvent {
  readonly resOutputsEvent?: { readonly metadata: { readonly urn: string; readonly type: string } };
  readonly resOpFailedEvent?: { readonly metadata: { readonly urn: string } };
  readonly diagnosticEvent?: { readonly urn?: string; readonly message: string; readonly severity: string };
}

/** How often the engine's events are read. */
const READ_MS = 300;
/** After a first wish to end the engine waits for what it has begun; then for nothing more. */
const PATIENCE_MS = 20_000;

/** Reads a file that grows, line by line. */
class Lines {
  readonly #file: number;
  #rest = "";
  #at = 0;
  constructor(path: string) {
    this.#file = openSync(path, "r");
  }
  /** Whole lines that are new. */
  next(): string[] {
    const piece = Buffer.alloc(1 << 16);
    for (;;) {
      const length = readSync(this.#file, piece, 0, piece.length, this.#at);
      if (length === 0) break;
      this.#at += length;
      // Cut between bytes of one letter at worst: of what is looked at, all is ASCII.
      this.#rest += piece.toString("latin1", 0, length);
    }
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
  close(): void {
    closeSync(this.#file);
  }
}

function readEvent(line: string): EngineEvent {
  try {
    return JSON.parse(Buffer.from(line, "latin1").toString("utf8")) as EngineEvent;
  } catch {
    return {};
  }
}

/** How a run ended. */
export interface EngineRun {
  readonly code: number;
  /** End of what it printed. */
  readonly printed: string;
}

/**
 * Runs `pulumi up` or `destroy` of a drill's stack, apart from this terminal: a Ctrl-C there does not reach it.
 *
 * @param heard is handed each event.
 * @param stop ends the run when it is aborted.
 */
export async function runEngine(
  verb: "up" | "destroy",
  stack: string,
  heard: (event: EngineEvent) => void,
  stop?: AbortSignal,
): Promise<EngineRun> {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-drill-"));
  const log = join(folder, "events");
  writeFileSync(log, "", { mode: 0o600 });
  const lines = new Lines(log);
  const read = (): void => {
    for (const line of lines.next()) heard(readEvent(line));
  };
  const timer = setInterval(read, READ_MS);
  try {
    return await run(verb, stack, log, stop);
  } finally {
    clearInterval(timer);
    read();
    lines.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(
  verb: "up" | "destroy",
  stack: string,
  log: string,
  stop: AbortSignal | undefined,
): Promise<EngineRun> {
  const args = [
    verb,
    "--yes",
    "--skip-preview",
    "--non-interactive",
    "--color",
    "never",
    "--suppress-outputs",
  ];
  const place = ["--stack", drillStack(stack), "--config-file", drillFile(stack), "--event-log", log];
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", [...args, ...place], {
      cwd: projectFolder(),
      // The option is one for programs, and hidden otherwise.
      env: { ...process.env, PULUMI_DEBUG_COMMANDS: "true" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let printed = "";
    const keep = (piece: Buffer): void => {
      printed = (printed + piece.toString()).slice(-8000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const timers: NodeJS.Timeout[] = [];
    const end = (): void => {
      if (child.pid === undefined || child.exitCode !== null) return;
      process.kill(-child.pid, "SIGINT");
      timers.push(setTimeout(end, PATIENCE_MS));
    };
    stop?.addEventListener("abort", end);
    if (stop?.aborted === true) end();
    child.on("error", reject);
    child.on("close", (code) => {
      stop?.removeEventListener("abort", end);
      for (const timer of timers) clearTimeout(timer);
      resolve({ code: code ?? 1, printed: stripVTControlCharacters(printed) });
    });
  });
}
