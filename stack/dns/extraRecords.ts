/** The owner's own records, as planned ones. */
import type { ExtraRecord } from "../model/config.ts";
import type { PlannedRecord } from "../model/plan.ts";

/** Plans one record of the configuration. */
export function extraRecord(record: ExtraRecord, ttlSeconds: number | "auto"): PlannedRecord {
  const ttl = { ttlSeconds: record.ttlSeconds ?? ttlSeconds };
  switch (record.type) {
    case "A":
    case "AAAA":
      return { ...record, ...ttl, address: [record.address] };
    case "TXT":
      return { ...record, ...ttl, text: [record.text] };
    case "CNAME":
      return { ...record, ...ttl, type: "CNAME" };
    case "NS":
      return { ...record, ...ttl, type: "NS" };
    case "MX":
    case "SRV":
    case "CAA":
      return { ...record, ...ttl };
  }
}
