/**
 * Proves: the judge that looks at each answer of the vendor APIs in the other tests of this folder takes an answer as the
 * vendor documents it, and refuses one that lacks a field, has another type in one, or is of a path not documented.
 * Without the published specifications nobody judges those answers, and this file says so by being left out.
 */
import { describe, expect, test } from "vitest";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";
import { judgeOf } from "./specification.ts";

const RECORD = { id: 7, type: "A", name: "@", data: "192.0.2.1", ttl: 1800 };
const PATH = "/v2/domains/example.org/records/7";

function judge(answer: unknown, status = 200, path = PATH): string | undefined {
  return judgeOf("digitalocean-openapi.json")("GET", path, status, answer);
}

describe.skipIf(sharedSpecs === undefined)(`the published specifications ${NEEDS_SHARED}`, () => {
  test("what the vendor documents passes", () => {
    expect(judge({ domain_record: RECORD })).toBeUndefined();
  });

  test("a field of another type, a refusal without its words and an unknown path are refused", () => {
    expect(judge({ domain_record: { ...RECORD, ttl: "1800" } })).toMatch(/ttl must be integer/);
    expect(judge({ id: "not_found" }, 404)).toMatch(/required property 'message'/);
    expect(judge({}, 200, "/v2/domain")).toMatch(/\/v2\/domain 200 is not in/);
  });
});
