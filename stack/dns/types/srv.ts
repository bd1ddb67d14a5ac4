/** SRV: host and port of a service (RFC 2782); `.` says that it is not offered. */
import { host, MOST_16_BITS, number, order } from "./field.ts";
import { recordType } from "./recordType.ts";

export const SRV = recordType("SRV", {
  priority: order("lower is tried first"),
  weight: order("share among equals"),
  port: number(MOST_16_BITS, "port"),
  target: host,
});
