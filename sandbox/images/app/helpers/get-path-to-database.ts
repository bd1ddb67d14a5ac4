/** Where the mailbox of an alias is: one SQLite file. */
import { join } from "node:path";
import { variables } from "../config/env.ts";

/** What tells where: both are fields of an alias. */
interface Place {
  readonly id: string;
  readonly storage_location: string;
}

/** Throws where the id is none. */
function getPathToDatabase({ id, storage_location }: Place): string {
  if (typeof storage_location !== "string") throw new TypeError("Alias storage location missing");
  if (!/^[0-9a-f]{24}$/.test(id)) throw new TypeError("Invalid alias id");
  return join(variables["SQLITE_STORAGE_ROOT"] ?? "", storage_location, `${id}.sqlite`);
}

export { getPathToDatabase as "module.exports", getPathToDatabase as default };
