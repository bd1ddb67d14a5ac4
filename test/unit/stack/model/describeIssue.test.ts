/**
 * Proves: an issue is one line, with who says so before what to do, and either may be left out.
 * Cannot prove: that the engine's program and the command both say it so; badConfiguration.test.ts does.
 */
import { expect, test } from "vitest";
import { describeIssue } from "../../../../stack/model/describeIssue.ts";

test.each([
  [{}, "mailstead:a: is bad"],
  [{ fix: "mend it" }, "mailstead:a: is bad → mend it"],
  [{ fix: "mend it", source: "RFC 5321 5.1" }, "mailstead:a: is bad (RFC 5321 5.1) → mend it"],
  [{ source: "RFC 5321 5.1" }, "mailstead:a: is bad (RFC 5321 5.1)"],
])("with %j", (more, line) => {
  expect(describeIssue({ path: "mailstead:a", message: "is bad", ...more })).toBe(line);
});
