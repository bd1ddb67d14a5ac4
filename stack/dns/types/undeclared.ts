/** Types that zones have and nobody declares here: only how their data is compared. */
import { buildLayout, type Layout } from "./layout.ts";

/** Key tag or the like, two numbers more, and a digest (RFC 4034 5.3, RFC 7344 3.1, RFC 8162 2). */
const DIGEST = buildLayout(["number", "number", "number", "hex"]);

const NAME = buildLayout(["name"]);

export const UNDECLARED: ReadonlyMap<string, Layout> = new Map([
  ["CDS", DIGEST],
  ["DNAME", NAME],
  ["DS", DIGEST],
  ["PTR", NAME],
  ["SMIMEA", DIGEST],
  ["SOA", buildLayout(["name", "name", "number", "number", "number", "number", "number"])],
  ["SSHFP", buildLayout(["number", "number", "hex"])],
]);
