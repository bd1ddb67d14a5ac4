/**
 * Proves: A records of the configuration are read, compared and written as RFC 1035 has them, and others refused.
 * Cannot: prove that anything answers at the address.
 */
import { testRecords } from "./recordCases.ts";

testRecords("A", {
  good: [[{ address: "198.51.100.7" }, "198.51.100.7", "198.51.100.7"]],
  bad: [
    [{}, "address", "missing"],
    [{ address: "2001:db8::1" }, "address", "not-an-address"],
    [{ address: "198.51.100" }, "address", "not-an-address"],
    [{ address: "198.51.100.7", target: "a.example.net" }, "target", "unknown-key"],
  ],
});
