/** One ordinary change: what the engine and the containers say of one plain `up`. */
import { expect } from "vitest";
import { containers, healthyAgain, madeAnew, restarted } from "./host.ts";
import type { ProjectCopy } from "./projectCopy.ts";
import { expectEmptyPreview, up } from "./sandbox.ts";

interface Changed {
  readonly printed: string;
  /** The engine's own count of what it did: the lines below `Resources:`. */
  readonly summary: string;
  /** Names of containers that were made anew, and of those that started anew as they are. */
  readonly anew: readonly string[];
  readonly restarted: readonly string[];
}

/**
 * One plain up between two looks at the host; from a copy of the checkout where one is given. A second preview is
 * empty, and every container is healthy: as soon as the `up` has ended, or, where it restarts some, within the limit.
 */
export async function change(copy?: ProjectCopy, restartSeconds = 0): Promise<Changed> {
  const before = await containers();
  const printed = await up(copy);
  const after = await containers();
  await expectEmptyPreview(copy);
  await healthyAgain(restartSeconds);
  const changed = { anew: madeAnew(before, after), restarted: restarted(before, after) };
  const at = printed.lastIndexOf("Resources:");
  expect(at, printed).toBeGreaterThan(-1);
  console.log(`${printed.split("\n").slice(-7).join("\n")}\n${JSON.stringify(changed)}`);
  return { printed, summary: printed.slice(at), ...changed };
}
