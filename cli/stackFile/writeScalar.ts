/** A text as it may stand in a stack file. */
import { readScalar } from "./scalars.ts";

/** A text in YAML: in quotes where it would be something else without. */
export function writeScalar(text: string): string {
  const isPlain = /^\w[\w./-]*(:[\w./-]+)*$/.test(text) && readScalar(text, false, undefined) === text;
  return isPlain ? text : JSON.stringify(text);
}
