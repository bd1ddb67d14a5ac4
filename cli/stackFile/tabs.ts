/** Tabs where the engine's reader wants blanks, and ours would take them. */
import { visit, type Document } from "yaml";
import type { Fault } from "./wording.ts";

/** What may hold tabs: texts of several lines, and everything within brackets. */
function holders(document: Document): (readonly [from: number, to: number])[] {
  const found: (readonly [number, number])[] = [];
  visit(document, (_, node) => {
    if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return;
    const isFlow = "flow" in node && node.flow === true;
    if (isFlow || ("type" in node && "source" in node))
      found.push([(node.range as number[])[0] ?? 0, (node.range as number[])[1] ?? 0]);
  });
  return found;
}

/** Lines that hold a tab alone or begin an entry with one. */
export function tabFaults(text: string, document: Document): Fault[] {
  const lines = [...text.matchAll(/^ *(?:(?:- +)*-(?=\t)|(?=\t\s*$))/gm)];
  if (lines.length === 0) return [];
  const inside = holders(document);
  return lines.flatMap(({ index, 0: before }) => {
    const offset = index + before.length;
    if (inside.some(([from, to]) => from < offset && offset < to)) return [];
    return [{ offset, message: "there is a tab where blanks have to be", fix: "put blanks in its place" }];
  });
}
