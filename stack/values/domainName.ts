/** Reads domain names: upper case, a final dot and other scripts are normalised, all else is refused. */
import { domainToASCII } from "node:url";
import { parse } from "tldts";
import { LENGTHS } from "./lengths.ts";
import type { Reading } from "./reading.ts";
import { bad, good } from "./reading.ts";

const HOST_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** A name without a final dot, in lower case and ASCII; empty where it cannot be one. */
function toAscii(text: string): string {
  const bare = text.endsWith(".") ? text.slice(0, -1) : text;
  if (/^[\x21-\x7e]*$/.test(bare)) return bare.toLowerCase();
  return domainToASCII(bare);
}

function faultOfShape(text: string): Reading<string> | undefined {
  if (text.trim() === "") return bad("empty", "the name is empty", "write a domain such as example.com");
  if (text !== text.trim() || /\s/.test(text)) {
    return bad("blank-in-name", "the name holds blanks", "write the name without blanks");
  }
  if (text.includes("://") || text.includes("/")) {
    return bad(
      "url-not-name",
      "this is a web address, not a name",
      "leave out https:// and all after the name",
    );
  }
  if (text.includes("@")) {
    return bad("address-not-name", "this is a mail address, not a name", "write the part after the @");
  }
  if (/^[0-9.]+$/.test(text) || text.includes(":")) {
    return bad("address-not-name", "this is an address or holds a port, not a name", "write a domain name");
  }
  return undefined;
}

/**
 * Reads a name of the DNS.
 *
 * @param underscores whether labels such as `_dmarc` are allowed; host names have none (RFC 1123 2.1).
 */
export function readDnsName(text: string, underscores = true): Reading<string> {
  const shape = faultOfShape(text);
  if (shape !== undefined) return shape;
  const name = toAscii(text);
  const wanted = "use letters, digits and inner hyphens, with a dot between labels";
  if (name === "") return bad("not-a-name", "the name cannot be written in the DNS", wanted);
  if (name.length > LENGTHS.dnsName.most) {
    const { most, source } = LENGTHS.dnsName;
    return bad("name-too-long", `the name has ${name.length} characters`, `use ${most} at most`, source);
  }
  for (const label of name.split(".")) {
    if (label === "") return bad("empty-label", "the name has two dots in a row or a first dot", wanted);
    if (label.length > LENGTHS.label.most) {
      const { most, source } = LENGTHS.label;
      const message = `a label of the name has ${label.length} characters`;
      return bad("label-too-long", message, `use ${most} at most`, source);
    }
    if (!(underscores ? DNS_LABEL : HOST_LABEL).test(label)) {
      return bad("not-a-name", `the label ${JSON.stringify(label)} is not allowed in a name`, wanted);
    }
  }
  return good(name);
}

/** Reads the name of a host: as {@link readDnsName}, without underscores. */
export function readHostName(text: string): Reading<string> {
  return readDnsName(text, false);
}

/**
 * A name that has a dot: of one label it would be a name at the root.
 *
 * @param what as people call it.
 */
export function wholeName(read: Reading<string>, what: string): Reading<string> {
  if (read.fault !== undefined || read.value.includes(".")) return read;
  return bad(`relative-${what}`, `the ${what} has no dot`, "write the whole name, such as www.example.net");
}

/** Reads the mail domain: a host name under a public suffix. What its length means for the host names below it is a check. */
export function readMailDomain(text: string): Reading<string> {
  if (text.startsWith("*.")) {
    return bad("wildcard-domain", "a mail domain has no wildcard", "write the domain without *.");
  }
  const read = readHostName(text);
  if (read.fault !== undefined) return read;
  const name = read.value;
  if (!name.includes(".")) {
    return bad("single-label", "the domain has no dot", "write the whole domain, such as example.com");
  }
  if (parse(name).domain === null) {
    return bad(
      "public-suffix",
      `${name} is a public suffix, under which others register names`,
      "write a domain that you registered",
      "publicsuffix.org",
    );
  }
  return good(name);
}

/** The registrable domain of a name, which is the usual zone: `example.co.uk` of `mail.example.co.uk`. */
export function registrableDomain(name: string): string | undefined {
  return parse(name, { allowPrivateDomains: true }).domain ?? parse(name).domain ?? undefined;
}

/** Whether a name ends in a top-level domain that the public suffix list knows. */
export function hasPublicSuffix(name: string): boolean {
  return parse(name).isIcann === true;
}

/** Whether a name is the other one or below it; every name is below the root, `.`. */
export function isWithin(name: string, parent: string): boolean {
  return parent === "." || name === parent || name.endsWith(`.${parent}`);
}

/** A whole name in lower case without its final dot. The root alone, as in a null MX (RFC 7505), stays `.`. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.length > 1 && lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** A name with its final dot; the root is that dot. */
export function withDot(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}
