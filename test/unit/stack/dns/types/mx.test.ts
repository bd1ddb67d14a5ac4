/**
 * Proves: mail exchangers of the configuration are read and written as RFC 1035 3.3.9 has them, and others refused.
 * Cannot: prove that the host takes mail.
 */
import { testRecords } from "./recordCases.ts";

testRecords("MX", {
  good: [[{ priority: 10, exchange: "MX.example.net." }, "10 mx.example.net", "10 mx.example.net."]],
  bad: [
    [{ exchange: "mx.example.net" }, "priority", "missing"],
    [{ priority: 65_536, exchange: "mx.example.net" }, "priority", "out-of-range"],
    [{ priority: 10, exchange: "." }, "exchange", "null-target"],
  ],
});
