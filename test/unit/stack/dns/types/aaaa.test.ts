/**
 * Proves: AAAA records of the configuration are read, shortened as RFC 5952 has it, and others refused.
 * Cannot: prove that anything answers at the address.
 */
import { testRecords } from "./recordCases.ts";

testRecords("AAAA", {
  good: [[{ address: "2A01:04F8:0:0:0:0:0:1" }, "2a01:4f8::1", "2a01:4f8::1"]],
  bad: [
    [{ address: "198.51.100.7" }, "address", "not-an-address"],
    [{ address: "2a01:4f8::1%eth0" }, "address", "not-an-address"],
  ],
});
