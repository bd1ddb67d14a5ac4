/** CNAME: the name is an alias of another (RFC 1035 3.3.1). */
import { name } from "./field.ts";
import { recordType } from "./recordType.ts";

export const CNAME = recordType("CNAME", { target: name });
