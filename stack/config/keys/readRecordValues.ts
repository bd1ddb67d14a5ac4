/** Readers of the words in records: where reports go, and who may order certificates. */
import { readSpf } from "../../dns/policies/spfTerms.ts";
import { isSpf } from "../../dns/policies/kinds.ts";
import type { Reading } from "../../values/reading.ts";
import { bad, good } from "../../values/reading.ts";
import { readReportAddress } from "./readValues.ts";

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

/** Account URI of an ACME CA, kept letter by letter: the CA compares it so. */
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

const MECHANISM_FIX = "write one mechanism, such as include:_spf.example.net or ip4:192.0.2.0/24";

/** One mechanism of an SPF policy: who else may send. What ends the policy is not the owner's to add. */
export function readSpfMechanism(text: string): Reading<string> {
  const fault = (message: string, fix = MECHANISM_FIX, source = "RFC 7208 4.6.1"): Reading<string> =>
    bad("not-a-mechanism", message, fix, source);
  if (isSpf(text)) return fault("this is a whole policy", "list what stands between v=spf1 and all");
  const [term, ...more] = readSpf(`v=spf1 ${text}`) ?? [];
  if (term === undefined || more.length > 0 || term.text !== text)
    return fault("this is not one mechanism without blanks");
  const wrong = term.fault ?? term.doubt;
  if (wrong !== undefined) return fault(wrong.message, wrong.fix, wrong.source);
  if (term.sign === "=") return fault("this is a modifier, which our policy has none of");
  if (term.name === "all") return fault("the policy ends with -all already", "remove it", "RFC 7208 5.1");
  return good(text);
}
