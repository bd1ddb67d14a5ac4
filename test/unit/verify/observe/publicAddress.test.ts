/**
 * Proves: the address is read from the line of its name; an answer without one, with another kind of text, or none at all
 * is no address.
 * Cannot prove: that Cloudflare answers so.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { publicAddress } from "../../../../verify/observe/publicAddress.ts";

let server: Server;
let text = "";

beforeEach(async () => {
  server = createServer((_, response) => void response.end(text));
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
});
afterEach(() => {
  server.close();
});

function place(): string {
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

test.each([
  ["fl=1\nip=203.0.113.7\nts=1\n", "203.0.113.7"],
  ["ip=2001:db8::1\n", undefined],
  ["ip=203.0.113.7; rm -rf /\n", undefined],
  ["<html>", undefined],
  [`${" ".repeat(20_000)}\nip=203.0.113.7\n`, undefined],
])("%j tells %s", async (answer, address) => {
  text = answer;
  expect(await publicAddress(place())).toBe(address);
});

test("where nobody answers there is none", async () => {
  const closed = place();
  await new Promise((done) => server.close(done));
  expect(await publicAddress(closed)).toBeUndefined();
});
