/** What is kept sealed in the database: the keys of domains. */
import { variables } from "../config/env.ts";
import { open, seal } from "../secrets.ts";

/** Seals a text; by itself with HELPER_ENCRYPTION_KEY. */
function encrypt(text: string, key = variables["HELPER_ENCRYPTION_KEY"] ?? ""): string {
  return seal(text, key);
}

/** Opens what `encrypt` sealed. Throws where the key is another, or the text was changed. */
function decrypt(sealed: string, key = variables["HELPER_ENCRYPTION_KEY"] ?? ""): string {
  return open(sealed, key);
}

const helpers = { encrypt, decrypt };

export { helpers as "module.exports", encrypt, decrypt };
