/** How a bench measures: repetitions in turn, medians, and one line for each ratio. */

/** One result: `value` and `goal` are ratios; lower is better. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly goal: number;
  /** What was measured, in words; for people, after the line. */
  readonly detail: string;
}

/** Middle value; the mean of the two middle ones where their number is even. Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  if (upper === undefined || lower === undefined) throw new Error("no measurement was taken");
  return (upper + lower) / 2;
}

/** Something to measure: returns milliseconds of one repetition. */
export type Measured = () => Promise<number>;

/** Milliseconds that an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/**
 * Measures two things in turn (A B, B A, A B, …), so that a busy machine and a warming one hit both alike.
 *
 * @param repetitions of each; one more of each goes before and is not counted, as it fills caches.
 * @returns medians in milliseconds.
 */
export async function inTurn(
  repetitions: number,
  ours: Measured,
  theirs: Measured,
): Promise<{ ours: number; theirs: number }> {
  const taken = { ours: [] as number[], theirs: [] as number[] };
  await ours();
  await theirs();
  for (let turn = 0; turn < repetitions; turn += 1) {
    if (turn % 2 === 0) taken.ours.push(await ours());
    taken.theirs.push(await theirs());
    if (turn % 2 === 1) taken.ours.push(await ours());
  }
  return { ours: median(taken.ours), theirs: median(taken.theirs) };
}

/** `NAME ratio VALUE goal GOAL`. */
export function line({ name, value, goal }: Ratio): string {
  return `${name} ratio ${value.toFixed(3)} goal ${goal}`;
}

/** Whether the goal is met: as printed, so that a line never contradicts the exit code. */
export function isMet({ value, goal }: Ratio): boolean {
  return Number(value.toFixed(3)) <= goal;
}
