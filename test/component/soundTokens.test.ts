/**
 * Proves: the program stops, before anything is declared, at a token that a plugin would take with something around it,
 * names its place alone, and looks at no place that the plugin would not come to.
 * Cannot prove: in which order the real plugins look; docs of each say it.
 */
import { expect, test } from "vitest";
import { needSoundTokens } from "../../components/soundTokens.ts";

const TOKEN = "t".repeat(40);

function stopOf(
  provider: "cloudflare" | "digitalocean" | "hetzner",
  all: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): string | undefined {
  try {
    needSoundTokens({ cloud: "hetzner", provider }, all, environment);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test("each place that counts is named, with the way to give it anew", () => {
  const said = stopOf("cloudflare", { "hcloud:token": `"${TOKEN}"` }, { CLOUDFLARE_API_TOKEN: `${TOKEN}\r` });
  expect(said).toContain("hcloud:token stands in quotes, which are part of it.\nNext step: set it anew");
  expect(said).toContain("CLOUDFLARE_API_TOKEN ends in a line end.\nNext step: export it");
  expect(said).toContain("Nothing was changed.");
  expect(said).not.toContain(TOKEN);
});

test.each([
  ["sound ones", {}, { HCLOUD_TOKEN: TOKEN, CLOUDFLARE_API_TOKEN: TOKEN }],
  ["none", {}, {}],
  ["a variable behind a key that counts", { "hcloud:token": TOKEN }, { HCLOUD_TOKEN: `${TOKEN}\n` }],
  ["another provider's", {}, { DIGITALOCEAN_TOKEN: `${TOKEN}\n` }],
] as const)("%s: it goes on", (_, all, environment) => {
  expect(stopOf("cloudflare", all, environment)).toBeUndefined();
});
