/**
 * Proves: entries go, and nothing that is left names them, in whichever of its lists; all else in an entry stays.
 * Cannot prove: that the engine takes the state; takeBack.long.test.ts does.
 */
import { expect, test } from "vitest";
import { withoutEntries } from "../../../../verify/adopt/forget.ts";

test("nothing that is left names what is gone", () => {
  const step = {
    urn: "step",
    id: "7",
    dependencies: ["server", "mx"],
    propertyDependencies: { connection: ["server"], triggers: ["mx"], stdin: null },
    replaceWith: ["mx", "host"],
  };
  const { entries, urns } = withoutEntries(
    [{ urn: "server" }, { urn: "mx", id: "1" }, step],
    ({ urn }) => urn === "mx",
  );
  expect(urns).toEqual(["mx"]);
  expect(entries).toEqual([
    { urn: "server" },
    {
      ...step,
      dependencies: ["server"],
      propertyDependencies: { connection: ["server"], triggers: [], stdin: null },
      replaceWith: ["host"],
    },
  ]);
});
