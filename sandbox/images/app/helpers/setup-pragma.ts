/** Opens the encryption of a mailbox's file. It writes: so only who may write the file hands it over. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Database } from "better-sqlite3-multiple-ciphers";
import { decrypt } from "./encrypt-decrypt.ts";

/** Who has the mailbox open; the password is sealed by `encrypt`. */
export interface Session {
  db?: Database;
  readonly user: { readonly password: string };
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** As upstream says it. */
class InvalidPassword extends Error {
  readonly responseCode = 535;
}

/** Throws with `responseCode` 535 where the password is not the file's. */
async function setupPragma(db: Database, session: Session, cipher = "chacha20"): Promise<void> {
  if (!db.open) throw new TypeError("Database is not open");
  if (db.memory) throw new TypeError("Memory database");
  db.pragma(`cipher='${cipher}'`);
  db.key(Buffer.from(decrypt(session.user.password)));
  try {
    db.pragma("journal_mode=WAL");
  } catch (error) {
    // What was written in the days of the other cipher.
    if (codeOf(error) === "SQLITE_NOTADB" && cipher === "chacha20")
      return setupPragma(db, session, "aes256cbc");
    if (codeOf(error) === "SQLITE_NOTADB") throw new InvalidPassword("Invalid password, please try again");
    throw error;
  }
  for (const pragma of ["secure_delete=ON", "auto_vacuum=FULL", "synchronous=FULL", "foreign_keys=ON"])
    db.pragma(pragma);
  const temporary = join(dirname(db.name), "tmp");
  await mkdir(temporary, { recursive: true });
  db.pragma(`temp_store_directory='${temporary}'`);
}

export { setupPragma as "module.exports", setupPragma as default };
