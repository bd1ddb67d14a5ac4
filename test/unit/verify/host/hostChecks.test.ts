/**
 * Proves: what the host answers about its certificate and to the port 25 probe becomes the right finding, with the
 * next step where something is wrong.
 * Cannot prove: that a host answers like that; the sandbox does.
 */
import { describe, expect, test } from "vitest";
import { checkCertificate } from "../../../../verify/host/certificate.ts";
import { checkPort25, MAIL_HOSTS } from "../../../../verify/host/port25.ts";

/** A host that answers the same to everything. */
function answering(text: string): (script: string) => Promise<string> {
  return () => Promise.resolve(text);
}

describe("certificate", () => {
  const DATES =
    "issuer=C = US, O = Let's Encrypt, CN = R11\nnotBefore=Jan  1 00:00:00 2026 GMT\nnotAfter=Apr  1 00:00:00 2026 GMT\n";

  /** The host's answer on a day. */
  function on(day: string, state: object, dates = DATES): (script: string) => Promise<string> {
    return answering(`${JSON.stringify(state)}\n${dates}now=${String(Date.parse(day) / 1000)}\n`);
  }

  test.each([
    ["of OpenSSL 3.0", DATES],
    ["of OpenSSL 3.5", DATES.replaceAll(" = ", "=")],
  ])("valid: how long, and by whom, in the spelling %s", async (_, dates) => {
    expect(await checkCertificate(on("2026-01-11", { status: "valid" }, dates))).toEqual({
      subject: "certificate",
      state: "ok",
      seen: "valid for 80 more days, issued by R11",
    });
  });

  test.each([
    ["of before", DATES, "2026-01-11", "valid for 80 more days, issued by R11"],
    ["of before, too old", DATES, "2026-05-01", "the one at hand is out of date"],
    [
      "that we signed",
      `subject=CN = R11\n${DATES.replace(/C = .*CN/, "CN")}`,
      "2026-01-11",
      "a self-signed one stands in",
    ],
  ])(
    "refused, with one at hand %s: why, when the next try is, and what is served",
    async (_, dates, day, served) => {
      const state = { status: "refused", reason: "too many certificates", nextTry: "2026-01-12T03:00:00Z" };
      const finding = await checkCertificate(on(day, state, dates));
      expect(finding.state).toBe("bad");
      expect(finding.seen).toBe(
        `the last order was refused (too many certificates); next try 2026-01-12T03:00:00Z; until then: ${served}`,
      );
      expect(finding.fix).toContain("./mailstead renew");
    },
  );

  test("there, but not with all that read it: who is left, and how to try again", async () => {
    const reason = "it did not reach all that read it; still to restart: imap";
    expect(await checkCertificate(on("2026-01-11", { status: "unread", reason }))).toMatchObject({
      state: "bad",
      seen: reason,
      fix: expect.stringContaining("./mailstead renew") as string,
    });
  });

  test("self-signed, as the host says it or when it says nothing", async () => {
    const said = await checkCertificate(on("2026-01-11", { status: "self-signed", reason: "no order yet" }));
    expect(said).toMatchObject({ state: "bad", seen: "no order yet" });
    const silent = await checkCertificate(on("2026-01-11", {}));
    expect(silent).toMatchObject({ state: "bad", seen: "a self-signed one stands in" });
  });

  test.each([
    { day: "2026-03-13", state: "ok" },
    { day: "2026-03-15", state: "warn" },
    { day: "2026-03-31", state: "warn" },
    { day: "2026-04-03", state: "bad" },
  ])("not renewed on $day: $state", async ({ day, state }) => {
    expect((await checkCertificate(on(day, { status: "valid" }))).state).toBe(state);
  });

  test("none at all", async () => {
    expect(await checkCertificate(on("2026-01-11", { status: "valid" }, ""))).toMatchObject({
      state: "bad",
      seen: "there is none",
    });
  });
});

describe("port 25", () => {
  const ADDRESSES = { ipv4: "203.0.113.10", ipv6: "2001:db8:a:1::1" };
  const closed = (family: number): string =>
    MAIL_HOSTS.map((host) => `${String(family)} closed ${host}\n`).join("");

  test("open for both families: one answer is enough", async () => {
    const answer = `4 closed ${MAIL_HOSTS[0] ?? ""}\n4 open ${MAIL_HOSTS[1] ?? ""}\n6 open ${MAIL_HOSTS[0] ?? ""}\n`;
    expect(await checkPort25(answering(answer), "example.com", ADDRESSES)).toEqual([
      { subject: "outbound port 25 over IPv4", state: "ok", seen: `${MAIL_HOSTS[1] ?? ""} answers` },
      { subject: "outbound port 25 over IPv6", state: "ok", seen: `${MAIL_HOSTS[0] ?? ""} answers` },
    ]);
  });

  test("blocked for one family: the text to send names domain and addresses", async () => {
    const answer = `${closed(4)}6 open ${MAIL_HOSTS[0] ?? ""}\n`;
    const [four, six] = await checkPort25(answering(answer), "example.com", ADDRESSES);
    expect([four?.state, six?.state]).toEqual(["bad", "ok"]);
    expect(four?.seen).toBe("blocked: none of 3 mail hosts answers");
    const text = (four?.detail ?? []).join("\n");
    for (const part of ["port 25", "example.com", ADDRESSES.ipv4, ADDRESSES.ipv6])
      expect(text).toContain(part);
  });

  test("no address of a family is a warning about the resolver, not about the vendor", async () => {
    const [four, six] = await checkPort25(answering(closed(4)), "example.com", ADDRESSES);
    expect(four?.state).toBe("bad");
    expect(six).toMatchObject({ state: "warn", fix: "look at the host's resolver" });
  });
});
