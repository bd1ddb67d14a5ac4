/** Readers of the words in records: where reports go, and who may order certificates. */
import type { Reading } from "./reading.ts";
import { bad, good } from "./reading.ts";
import { readReportAddress } from "./words.ts";

/** A URI of printable ASCII without the characters that end it in a TXT or CAA record. */
function isPlainHttps(text: string): boolean {
  if (!/^https:\/\/[\x21-\x7e]+$/.test(text) || /[,;!"\\'`$]/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

/** Where reports go: one mail address, kept as it is, or an https URL. */
export function readReportTarget(text: string): Reading<string> {
  if (!/^https?:/i.test(text)) return readReportAddress(text);
  return isPlainHttps(text)
    ? good(text)
    : bad(
        "not-a-report-target",
        "this is not a plain https URL",
        "set a mail address or an https URL without , ; or !",
        "RFC 8460 3",
      );
}

/** Account URI of an ACME authority, kept letter by letter: the authority compares it so. */
export function readAccountUri(text: string): Reading<string> {
  return isPlainHttps(text)
    ? good(text)
    : bad(
        "not-an-account-uri",
        "an account URI is a plain https URL",
        "set the URI that `certbot show_account` prints on the server",
        "RFC 8657 3",
      );
}
