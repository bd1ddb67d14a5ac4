/**
 * Proves: aliases of the configuration are read and written with whole targets, and others refused.
 * Cannot: prove that the target is there.
 */
import { testRecords } from "./recordCases.ts";

testRecords("CNAME", {
  good: [
    [{ target: "Shop.Example.NET." }, "shop.example.net", "shop.example.net."],
    [{ target: "_dmarc.example.net" }, "_dmarc.example.net", "_dmarc.example.net."],
  ],
  bad: [
    [{ target: "shop" }, "target", "relative-target"],
    [{ target: "198.51.100.7" }, "target", "address-not-name"],
  ],
});
