/**
 * Proves: a vendor's TXT content is answered as sent, quoted or unquoted as told while it runs, and served alike.
 * Cannot prove which form the real vendors answer today.
 */
import { afterEach, beforeEach, expect, it } from "vitest";
import { answeredText } from "../../../../sandbox/cloud/serve/text.ts";
import { type Started, started } from "./startedCloud.ts";

const ZONE = "/zones/c7915704a794c5f99111b674c1985c3a/dns_records";
let cloud: Started;
beforeEach(async () => {
  cloud = await started();
});
afterEach(() => cloud.close());

async function told(forms: unknown): Promise<number> {
  const body = JSON.stringify(forms);
  return (await fetch(`${cloud.cloud.cloudflareUrl}/_sandbox/text-forms`, { method: "PUT", body })).status;
}

it("changes the answers, in lists too, and nothing else", async () => {
  const content = '"v=spf1 a -all"';
  const record = { type: "TXT", name: "example.com", content, ttl: 300 };
  const id = String((await cloud.cloudflare("POST", ZONE, record)).body.at("result", "id"));
  const served = cloud.dns.zones.get("example.com");
  for (const [form, answer] of [
    ["unquoted", "v=spf1 a -all"],
    ["quoted", content],
    ["as-sent", content],
  ]) {
    expect(await told({ cloudflare: form })).toBe(200);
    expect((await cloud.cloudflare("GET", `${ZONE}/${id}`)).body.at("result", "content")).toBe(answer);
    expect((await cloud.cloudflare("GET", ZONE)).body.at("result", 0, "content")).toBe(answer);
  }
  expect(cloud.dns.zones.get("example.com")).toEqual(served);
});

it("refuses a form or a vendor that there is not", async () => {
  expect(await told({ cloudflare: "upside-down" })).toBe(422);
  expect(await told({ nobody: "quoted" })).toBe(422);
});

it("leaves what is not well quoted as it is", () => {
  expect(answeredText('"open', "unquoted")).toBe('"open');
  expect(answeredText("a".repeat(256), "quoted")).toBe(`"${"a".repeat(255)}" "a"`);
});
