/** NS: a server of the zone that begins at the name (RFC 1035 3.3.11). */
import { host } from "./field.ts";
import { recordType } from "./recordType.ts";

export const NS = recordType("NS", { target: host });
