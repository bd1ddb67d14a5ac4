/**
 * Order of the test files: the lives in the sandbox first, then the rest.
 *
 * A life waits for its machines in between, and takes longer than all else: what goes on beside it fills its pauses.
 * Vitest's own order would run project after project by name, and start the lives last.
 */
import { existsSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

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
  if (project.name !== "sandbox") return 2;
  // A life has its parts in a folder of its name.
  return existsSync(moduleId.replace(/\.test\.ts$/, "")) ? 0 : 1;
}
