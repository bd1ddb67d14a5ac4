/** MX: where mail for the name goes (RFC 1035 3.3.9, RFC 5321 5.1); `.` says that it takes none (RFC 7505). */
import { host, order } from "./field.ts";
import { recordType } from "./recordType.ts";

export const MX = recordType("MX", { priority: order("lower is tried first"), exchange: host });
