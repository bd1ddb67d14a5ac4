/** Looks up recorded registrations. */
import type { RecordedRun, Registration } from "./recordedProgram.ts";

/** The one registration of this type (its last word) and name. @throws Error when there is none, or more. */
export function find(run: RecordedRun, type: string, name: string): Registration {
  const found = run.registrations.filter((it) => it.type.split(":").at(-1) === type && it.name === name);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${String(found.length)} of ${type} ${name}`);
  return first;
}

/** All registrations of a type, in order of name. */
export function ofType(run: RecordedRun, type: string): Registration[] {
  return run.registrations
    .filter((it) => it.type.split(":").at(-1) === type)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
