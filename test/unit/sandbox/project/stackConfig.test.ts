/**
 * Proves: the sandbox's stack configuration is the checkout's with this sandbox's digests, comments and salt kept.
 * Cannot: prove that the engine reads it; the sandbox tests do.
 */
import { expect, test } from "vitest";
import { parse } from "yaml";
import { mergeStackConfig } from "../../../../sandbox/project/stackConfig.ts";

const source = `# the sandbox
config:
  mailstead:domain: example.com # documentation domain
  mailstead:mail:
    storage: true
`;
const digests = {
  app: { reference: "ghcr.io/forwardemail/forwardemail.net-selfhosted:v1", digest: "sha256:aa" },
};

test("adds tag and digest beside what is there, and keeps comments", () => {
  const text = mergeStackConfig(source, digests);
  expect(text).toContain("# the sandbox");
  expect(text).toContain("# documentation domain");
  expect(parse(text)).toEqual({
    config: {
      "mailstead:domain": "example.com",
      "mailstead:mail": { storage: true, images: { app: { tag: "v1", digest: "sha256:aa" } } },
    },
  });
});

test("keeps the salt of an earlier run, and nothing else of it", () => {
  const text = mergeStackConfig(
    source,
    digests,
    "encryptionsalt: v1:abc\nconfig:\n  mailstead:domain: other.com\n",
  );
  expect(parse(text)).toMatchObject({
    encryptionsalt: "v1:abc",
    config: { "mailstead:domain": "example.com" },
  });
});
