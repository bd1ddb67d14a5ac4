/** Runs a table of steps and shows each with the time since the start and the time it took. */

/** One row of the table. */
export interface Step {
  readonly title: string;
  /** Gives a word for the end of the line ("unchanged", "built"), or nothing. */
  readonly run: () => Promise<string | undefined>;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
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
 * @throws {StepError} at the first one that fails; the later ones are not run.
 */
export async function runSteps(steps: readonly Step[], options: ProgressOptions): Promise<void> {
  const paint = (code: number, text: string): string =>
    options.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  const begin = options.now();
  for (const step of steps) {
    const started = options.now();
    options.write(`${paint(2, `[${clock(started - begin)}]`)} ${step.title} … `);
    try {
      const word = (await step.run()) ?? "done";
      options.write(
        `${paint(word.startsWith("skipped") ? 33 : 32, word)} (${seconds(options.now() - started)})\n`,
      );
    } catch (error) {
      options.write(`${paint(31, "failed")} (${seconds(options.now() - started)})\n`);
      throw new StepError(step.title, error);
    }
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
  const forbidden = (process.env["NO_COLOR"] ?? "") !== "" || !process.stdout.isTTY;
  return { write: (text) => process.stdout.write(text), colour: !forbidden, now: () => performance.now() };
}
