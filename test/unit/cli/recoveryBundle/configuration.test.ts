/**
 * Proves: a stack's file goes into a bundle as it stood, comments and order too, with the secrets of all depths beside it
 * and without the lines of the old passphrase; it comes back with new ciphertexts in the same places; files that differ in
 * ciphertexts alone count as the same.
 * Cannot prove: that the engine reads what comes back; test/component/recoveryBundle.long.test.ts has it do so.
 */
import { expect, test } from "vitest";
import { parse } from "yaml";
import {
  engineLines,
  listSecure,
  rewriteConfiguration,
  secretsByPlace,
  storeConfiguration,
  withoutCiphertexts,
} from "../../../../cli/recoveryBundle/configuration.ts";

const FILE = `encryptionsalt: v1:old
# of its owner
config:
  hcloud:token:
    secure: v1:one   # mine
  mailstead:mail: { images: {} }
  dns:
    list:
      - name: a
        text:
          secure: "v1:two"
      - secure
  mailstead:domain: example.com
`;
const VALUES = {
  "hcloud:token": { value: "the token" },
  "mailstead:dns": { value: "{…}", objectValue: { list: [{ name: "a", text: "deep" }, "secure"] } },
};

test("secrets are found at every depth", () => {
  expect(listSecure(FILE).map(({ ciphertext }) => ciphertext)).toEqual(["v1:one", "v1:two"]);
  const stored = storeConfiguration(FILE, VALUES, "mailstead");
  expect(stored.secrets).toEqual({ "v1:one": "the token", "v1:two": "deep" });
  expect(secretsByPlace(stored)).toEqual({ "hcloud:token": "the token", "dns.list[0].text": "deep" });
});

test("the file comes back for another passphrase, as it stood", () => {
  const stored = storeConfiguration(FILE, VALUES, "mailstead");
  const fresh = new Map([
    ["v1:one", "v1:$&"],
    ["v1:two", "v1:zwei"],
  ]);
  const text = rewriteConfiguration(stored, fresh, "encryptionsalt: v1:new\n");
  const same = FILE.replace("encryptionsalt: v1:old\n", "")
    .replace("v1:one", () => "v1:$&")
    .replace("v1:two", "v1:zwei");
  expect(text).toBe(`${same}encryptionsalt: v1:new\n`);
  expect(engineLines(text)).toBe("encryptionsalt: v1:new\n");
  expect(withoutCiphertexts(text)).toBe(withoutCiphertexts(FILE));
  expect(withoutCiphertexts(text.replace("example.com", "example.org"))).not.toBe(withoutCiphertexts(FILE));
});

test.each([
  [{}, FILE],
  [{ ...VALUES, "mailstead:dns": { value: "{…}" } }, FILE],
  [VALUES, FILE.replace('"v1:two"', '"v1:\\\n           two"')],
])("a secret that cannot be read is named", (values, text) => {
  expect(() => storeConfiguration(text, values, "mailstead")).toThrow(
    /the secret value of (hcloud:token|dns\.list\[0\]\.text)/,
  );
});

test("a file in JSON, which is YAML too, is written in lines, since the engine's own stand beside them", () => {
  const config = { "mailstead:domain": "example.com", "hcloud:token": { secure: "v1:old" } };
  const json = JSON.stringify({ encryptionsalt: "v1:salt", config }, undefined, 2);
  const stored = storeConfiguration(json, { "hcloud:token": { value: "TOKEN" } }, "mailstead");
  expect(stored.text).not.toContain("salt");
  const text = rewriteConfiguration(stored, new Map([["v1:old", "v1:new"]]), "encryptionsalt: v1:other\n");
  expect(parse(text)).toEqual({
    config: { "mailstead:domain": "example.com", "hcloud:token": { secure: "v1:new" } },
    encryptionsalt: "v1:other",
  });
  expect(withoutCiphertexts(text)).toBe(withoutCiphertexts(json));
});
