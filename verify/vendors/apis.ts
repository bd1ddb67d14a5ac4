/** Where the vendors' APIs are. */
import process from "node:process";
import { VendorError } from "./http.ts";

/** The API of a vendor. */
export interface ApiPlace {
  /** Environment variable that names another one; the vendor's plugin reads the same. */
  readonly variable: string;
  /** Base URL of the vendor's own, without a final slash. */
  readonly base: string;
}

/** Base URL of an API, without a final slash. @throws VendorError where the environment names another that is none */
export function locateApi({ variable, base }: ApiPlace): string {
  const given = process.env[variable] ?? "";
  if (given === "") return base;
  if (/^https?:\/\/[^/?#\s]/.test(given) && URL.canParse(given)) return given.replace(/\/+$/, "");
  throw new VendorError(0, `${variable} is no http or https URL: ${given.slice(0, 100)}`, {
    fix: `set it to one, or unset ${variable}: the vendor's own is ${base}`,
  });
}
