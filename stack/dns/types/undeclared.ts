/** Types that zones have and nobody declares here: only how their data is compared. */
import { layoutOf, type Layout } from "./layout.ts";

/** Key tag or the like, two numbers more, and a digest (RFC 4034 5.3, RFC 7344 3.1, RFC 8162 2). */
const DIGEST = layoutOf(["number", "number", "number", "hex"]);

const NAME = layoutOf(["name"]);

export const UNDECLARED: ReadonlyMap<string, Layout> = new Map([
  ["CDS", DIGEST],
  ["DNAME", NAME],
  ["DS", DIGEST],
  ["PTR", NAME],
  ["SMIMEA", DIGEST],
  ["SOA", layoutOf(["name", "name", "number", "number", "number", "number", "number"])],
  ["SSHFP", layoutOf(["number", "number", "hex"])],
]);
