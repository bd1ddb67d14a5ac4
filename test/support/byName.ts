/** Runs test files in the order of their names: what takes the sandbox away comes last by its name. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

export default class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((left, right) => left.moduleId.localeCompare(right.moduleId)));
  }
}
