/** Whether a password is one of an alias's. */
import { passwordMatches } from "../secrets.ts";

/** A token as it is read with `+tokens.hash +tokens.salt`. */
interface Token {
  readonly hash?: string | undefined;
  readonly salt?: string | undefined;
}

/** True when one of the tokens was made from the password. A token without salt and hash fits none. */
function isValidPassword(tokens: readonly Token[] = [], password = ""): Promise<boolean> {
  const fits = tokens.some(
    ({ hash, salt }) => hash !== undefined && salt !== undefined && passwordMatches(password, { hash, salt }),
  );
  return Promise.resolve(fits);
}

export { isValidPassword as "module.exports", isValidPassword as default };
