/**
 * Proves: the operations that never ended are cleared beside what is refused, but not as long as a container stays, of
 * which nothing else tells; a fault of our own is no refusal.
 * Cannot prove: that the fixes themselves work; preflight.test.ts and the sandbox do.
 */
import { beforeEach, expect, test, vi } from "vitest";
import { runFixes, type Fix } from "../../../cli/fixes.ts";
import { CommandError } from "../../../cli/output/terminal.ts";
import type { Orphan } from "../../../verify/preflight/preflight.ts";

const clearPendingOperations = vi.hoisted(() => vi.fn());
vi.mock("../../../cli/engine.ts", () => ({ clearPendingOperations }));

const CONTAINER: Orphan = { vendor: "host", id: "c0ffee", name: "web" };
const SERVER: Orphan = { vendor: "cloud", cloud: "hetzner", kind: "server", id: "7", name: "mx.example.com" };

function refused(orphan: Orphan, error: Error = new CommandError("no", "ask again")): Fix {
  return { orphan, words: "", run: () => Promise.reject(error) };
}

beforeEach(() => {
  clearPendingOperations.mockReset();
});

test("a server that stays holds nothing up", async () => {
  const message = "not everything is fixed:\nserver mx.example.com (7): no → ask again";
  await expect(runFixes([refused(SERVER)], 2, "prod")).rejects.toMatchObject({ message, exitCode: 1 });
  expect(clearPendingOperations).toHaveBeenCalledExactlyOnceWith("prod");
});

test("a container that stays keeps the operations that tell of it", async () => {
  await expect(runFixes([refused(CONTAINER)], 2, "prod")).rejects.toThrow(
    "container web (c0ffee): no → ask again",
  );
  expect(clearPendingOperations).not.toHaveBeenCalled();
});

test("that they cannot be cleared is told like the rest", async () => {
  clearPendingOperations.mockRejectedValue(new CommandError("the state is locked", "pulumi cancel"));
  await expect(runFixes([], 2, "prod")).rejects.toThrow(
    "2 operations that never ended: the state is locked → pulumi cancel",
  );
});

test("a fault of our own comes through as it is", async () => {
  const fault = new TypeError("undefined is not a function");
  await expect(runFixes([refused(SERVER, fault)], 0, "prod")).rejects.toBe(fault);
});
