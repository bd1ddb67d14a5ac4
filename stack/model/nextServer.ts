/** What the next server would have of the mail, once this one is deleted. */
import type { Config } from "./config.ts";
import type { NextServerHas } from "./plan.ts";

/** By where the data are, and whether there are backups. */
export function nextServerHas({ data, backups }: Pick<Config, "data" | "backups">): NextServerHas {
  if (data.kind === "volume") return "volume";
  return backups === undefined ? "nothing" : "backups";
}
