/**
 * Order of the test files: the lives in the sandbox first, the longest of them before the others, then the rest.
 *
 * A life waits for its machines more than it works, and takes longer than all else together: what goes on beside it
 * costs no time. Vitest's own order would run project after project by name, and start the lives last.
 */
import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The lives by how long they take, the longest first. */
const LIVES = ["first.test.ts", "second.test.ts", "small.test.ts", "others.test.ts"];

export default class LivesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => groupOrder(a) - groupOrder(b) || turn(a) - turn(b));
  }
}

function groupOrder({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

function turn({ project, moduleId }: TestSpecification): number {
  if (project.name !== "sandbox") return LIVES.length + 1;
  const index = LIVES.indexOf(basename(moduleId));
  return index < 0 ? LIVES.length : index;
}
