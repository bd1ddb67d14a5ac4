/**
 * Proves: a text in pieces is written in order, and no faster than it is taken.
 * Cannot prove: what a pipe does whose reader goes away; audit.test.ts does.
 */
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { printPieces } from "../../../../cli/output/terminal.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a piece waits until the one before it is taken", async () => {
  const written: unknown[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
    written.push(piece);
    return piece !== "second";
  });
  const printing = printPieces(["first", "second", "third"]);
  await setImmediate();
  expect(written).toEqual(["first", "second"]);
  process.stdout.emit("drain");
  await printing;
  expect(written).toEqual(["first", "second", "third"]);
});
