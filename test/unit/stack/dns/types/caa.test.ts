/**
 * Proves: CAA records of the configuration are read, compared without the case of tag and issuer and with that of the rest
 * (RFC 8659 4.2), and others refused.
 * Cannot: prove that an authority heeds them.
 */
import { expect, test } from "vitest";
import { canonicalData } from "../../../../../stack/dns/types/recordData.ts";
import { testRecords } from "./recordCases.ts";

testRecords("CAA", {
  good: [
    [
      { flags: 0, tag: "issue", value: "CA.example.net; accounturi=https://ca.example.net/Acct/1" },
      "0 issue ca.example.net; accounturi=https://ca.example.net/Acct/1",
      '0 issue "ca.example.net; accounturi=https://ca.example.net/Acct/1"',
    ],
    [
      { flags: 128, tag: "iodef", value: "mailto:Ops@example.net" },
      "128 iodef mailto:Ops@example.net",
      '128 iodef "mailto:Ops@example.net"',
    ],
    [
      { flags: 0, tag: "iodef", value: `https://ca.example.net/${"r".repeat(300)}` },
      `0 iodef https://ca.example.net/${"r".repeat(300)}`,
      `0 iodef "https://ca.example.net/${"r".repeat(300)}"`,
    ],
  ],
  bad: [
    [{ flags: 256, tag: "issue", value: "ca.example.net" }, "flags", "out-of-range"],
    [{ flags: 0, tag: "isue", value: "ca.example.net" }, "tag", "not-allowed"],
  ],
});

test.each([
  ['0 ISSUE "CA.example.net"', "0 issue ca.example.net"],
  ["0 issue ca.example.net", "0 issue ca.example.net"],
  ['0 issuewild ";"', "0 issuewild ;"],
  ['0  iodef\t"mailto:Ops@example.net"', "0 iodef mailto:Ops@example.net"],
])("%s is %s", (text, value) => {
  expect(canonicalData("CAA", text)).toBe(value);
});
