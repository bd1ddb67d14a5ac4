/** Reads mail addresses as CAs and DMARC take them: ASCII, without comments or quotes. */
import { LENGTHS } from "./lengths.ts";
import { readHostName } from "./domainName.ts";
import type { Reading } from "./reading.ts";
import { bad, good } from "./reading.ts";

const LOCAL_PART = /^[A-Za-z0-9#$&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9#$&'*+/=?^_`{|}~-]+)*$/;

/** Reads one address; the domain is normalised, the local part is kept. */
export function readMailAddress(text: string): Reading<string> {
  const fix = "write one address, such as you@example.org";
  const at = text.lastIndexOf("@");
  if (at < 1) return bad("not-an-address", "this is not a mail address", fix);
  const local = text.slice(0, at);
  if (local.length > LENGTHS.localPart.most || !LOCAL_PART.test(local)) {
    return bad(
      "not-an-address",
      "the part before the @ is not plain ASCII without blanks",
      fix,
      "RFC 5321 4.1.2",
    );
  }
  const domain = readHostName(text.slice(at + 1));
  if (domain.fault !== undefined || !domain.value.includes(".")) {
    return bad("not-an-address", "the part after the @ is not a domain", fix);
  }
  const address = `${local}@${domain.value}`;
  const { most, source } = LENGTHS.mailAddress;
  if (address.length > most)
    return bad(
      "address-too-long",
      `the address has ${address.length} characters`,
      `use ${most} at most`,
      source,
    );
  return good(address);
}
