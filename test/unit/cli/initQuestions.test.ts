/**
 * Proves: at a terminal `init` asks for what no option says, offers what the vendor has with prices, takes a number or a
 * name, asks again where an answer is none, and ends with a next step where no answer comes any more.
 * Cannot prove: how a terminal shows it.
 */
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askDns, askWishes } from "../../../cli/newStack/fromTerminal.ts";
import { openQuestions, type Questions } from "../../../cli/output/questions.ts";
import type { CloudOffer } from "../../../verify/vendors/cloud.ts";

const own = vi.hoisted(() => ({ address: undefined as string | undefined }));
vi.mock(import("../../../verify/observe/publicAddress.ts"), () => ({
  publicAddress: () => Promise.resolve(own.address),
}));

const OFFER: CloudOffer = {
  locations: [
    { name: "fsn1", title: "Falkenstein" },
    { name: "nbg1", title: "Nuremberg" },
  ],
  sizes: [
    { name: "cx23", cpus: 2, memoryMib: 4096, architecture: "amd64", prices: { nbg1: "3.49 a month" } },
    { name: "cax11", cpus: 2, memoryMib: 4096, architecture: "arm64", prices: { fsn1: "3.29 a month" } },
  ],
};

let input: PassThrough;
let shown = "";
let questions: Questions;

beforeEach(() => {
  input = new PassThrough();
  shown = "";
  own.address = undefined;
  const output = new PassThrough();
  output.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  questions = openQuestions(input, output);
});
afterEach(() => {
  questions.close();
});

function answer(...lines: readonly string[]): void {
  input.end(lines.map((line) => `${line}\n`).join(""));
}

test("what no option says is asked for, with what the vendor has", async () => {
  own.address = "203.0.113.7";
  answer("you@example.org", "2", "", "", "jane info=you@example.org", "none");
  const { wanted, state } = await askWishes("example.com", "cloudflare", {}, OFFER, questions);
  expect(wanted).toEqual({
    ...{ domain: "example.com", email: "you@example.org", provider: "hetzner", dns: "cloudflare" },
    ...{ location: "nbg1", type: "cx23", release: "latest", adminNetworks: ["203.0.113.7/32"] },
    mailboxes: ["jane", "info=you@example.org"],
  });
  expect(state).toBeUndefined();
  expect(shown).toMatch(/ {2}2 {2}nbg1 {2}Nuremberg/);
  expect(shown).toMatch(/cx23 {2}2 CPUs {2}4 GB {2}amd64 {2}3\.49 a month/);
  expect(shown).not.toContain("cax11");
  expect(shown).toContain("[203.0.113.7/32]: ");
});

test("an answer that is none is asked again, with the reason", async () => {
  answer(
    "nonsense",
    "you@example.org",
    "7",
    "fsn1",
    "203.0.113.7",
    "203.0.113.0/24, 2001:db8::/32",
    "",
    "none",
  );
  const { wanted } = await askWishes("example.com", "cloudflare", { type: "cx23" }, OFFER, questions);
  expect(shown).toContain("this is not a mail address");
  expect(shown).toContain("it is none of the list");
  expect(shown).toContain("the prefix length is missing: write 203.0.113.7/32");
  expect(wanted).toMatchObject({
    location: "fsn1",
    adminNetworks: ["203.0.113.0/24", "2001:db8::/32"],
    mailboxes: [],
  });
});

test("nothing is asked that an option says, but where the state is to be", async () => {
  answer("/srv/state");
  const options = {
    email: "you@example.org",
    location: "nbg1",
    type: "cx23",
    adminNetwork: ["192.0.2.0/24"],
    mailbox: ["jane"],
  };
  const { state } = await askWishes("example.com", "cloudflare", options, OFFER, questions);
  expect(state).toBe("/srv/state");
  expect(shown.match(/: /g)).toHaveLength(2);
});

test("a wrong option ends it", async () => {
  answer();
  await expect(
    askWishes("example.com", "cloudflare", { email: "nonsense" }, OFFER, questions),
  ).rejects.toThrow("--email nonsense: this is not a mail address");
});

test("where no answer comes any more it ends", async () => {
  answer("you@example.org");
  await expect(askWishes("example.com", "cloudflare", {}, OFFER, questions)).rejects.toMatchObject({
    message: "no answer came",
    exitCode: 2,
  });
});

test("the place of the zone is taken by its number", async () => {
  answer("3");
  expect(await askDns({}, questions)).toBe("hetzner");
  expect(await askDns({ dns: "digitalocean" }, questions)).toBe("digitalocean");
});
