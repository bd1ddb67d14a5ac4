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
    return sorted.toSorted((a, b) => turn(a) - turn(b));
  }
}

function turn({ project, moduleId }: TestSpecification): number {
  // That of the sandbox itself.
  if (project.name === "life") return 1;
  if (project.name !== "sandbox") return 3;
  // A life has its parts in a folder of its name.
  return existsSync(moduleId.replace(/\.test\.ts$/, "")) ? 0 : 2;
}
