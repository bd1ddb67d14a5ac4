/**
 * Proves: delegations of the configuration are read and written with whole targets, and others refused.
 * Cannot: prove that the server knows the zone.
 */
import { testRecords } from "./recordCases.ts";

testRecords("NS", {
  good: [[{ target: "NS1.example.net" }, "ns1.example.net", "ns1.example.net."]],
  bad: [
    [{ target: "." }, "target", "null-target"],
    [{ target: "_ns.example.net" }, "target", "not-a-name"],
  ],
});
