/**
 * Proves: services of the configuration are read and written as RFC 2782 has them, and others refused.
 * Cannot: prove that anything listens there.
 */
import { testRecords } from "./recordCases.ts";

testRecords("SRV", {
  name: "_sip._tcp",
  good: [
    [
      { priority: 0, weight: 5, port: 5060, target: "SIP.example.net" },
      "0 5 5060 sip.example.net",
      "0 5 5060 sip.example.net.",
    ],
  ],
  bad: [
    [{ priority: 0, weight: 5, port: 70_000, target: "sip.example.net" }, "port", "out-of-range"],
    [{ priority: 0, weight: 5, port: 5060 }, "target", "missing"],
  ],
});
