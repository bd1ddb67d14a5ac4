/** Runs a table of steps and shows each with the time since the start and the time it took. */

/** How a step went. */
export interface StepResult {
  /** Ends the step's line: `3 installed`, `runs already`. Default `done`. */
  readonly word?: string;
  /** The step was left out, and `word` says why. */
  readonly skipped?: boolean;
  /** Lines for the eye below the step: warnings. */
  readonly notes?: readonly string[];
}

/** One row of the table. */
export interface Step {
  readonly title: string;
  readonly run: () => Promise<StepResult>;
  /** It writes to the terminal itself, so its line is ended first. Default false. */
  readonly streams?: boolean;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Shows the seconds of the running step; for terminals that can go back to the line's begin. */
  readonly live: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Asked before each step; gives the reason to stop there. */
  readonly stopped?: () => string | undefined;
}

/** A step that failed, with its title. */
export class StepError extends Error {
  constructor(title: string, cause: unknown) {
    super(`${title}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "StepError";
  }
}

/**
 * Runs the steps in order. Each line reads `[mm:ss] title … done (1.2 s)`.
 *
 * @throws {StepError} at the first one that fails or is stopped; the later ones are not run.
 */
export async function runSteps(steps: readonly Step[], options: ProgressOptions): Promise<void> {
  const begin = options.now();
  for (const step of steps) {
    const reason = options.stopped?.();
    if (reason !== undefined) throw new StepError(step.title, new Error(reason));
    await runStep(step, begin, options);
  }
}

async function runStep(step: Step, begin: number, options: ProgressOptions): Promise<void> {
  const paint = (code: number, text: string): string =>
    options.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  const started = options.now();
  const head = `${paint(2, `[${clock(started - begin)}]`)} ${step.title} …`;
  const took = (): string => seconds(options.now() - started);
  options.write(step.streams ? `${head}\n` : `${head} `);
  const tick =
    options.live && !step.streams
      ? setInterval(() => {
          options.write(`\r${head} ${took()} `);
        }, 1000)
      : undefined;
  // A terminal may show the running seconds: the line is written anew.
  const again = options.live || step.streams ? `${step.streams ? "" : "\r"}${head} ` : "";
  try {
    const result = await step.run();
    const word = paint(result.skipped ? 33 : 32, result.word ?? "done");
    options.write(`${again}${word} (${took()})\n`);
    for (const note of result.notes ?? []) options.write(`        ${paint(33, note)}\n`);
  } catch (error) {
    options.write(`${again}${paint(31, "failed")} (${took()})\n`);
    throw new StepError(step.title, error);
  } finally {
    clearInterval(tick);
  }
}

/** `mm:ss`; minutes go on above 59. */
export function clock(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

/** `1.2 s`. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The terminal of this process, with colour unless NO_COLOR (no-color.org) or a pipe forbids it. */
export function terminal(): ProgressOptions {
  const isTerminal = process.stdout.isTTY;
  return {
    write: (text) => process.stdout.write(text),
    colour: isTerminal && (process.env["NO_COLOR"] ?? "") === "",
    live: isTerminal && process.env["TERM"] !== "dumb",
    now: () => performance.now(),
  };
}
