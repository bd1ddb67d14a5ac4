/** Reads an SPF policy into its terms (RFC 7208 4.6.1). */
import ipaddr from "ipaddr.js";
import { isSpf } from "../spf.ts";

/** One term of a policy. */
export interface SpfTerm {
  /** As it is written. */
  readonly text: string;
  /** `+`, `-`, `~` or `?` of a mechanism; `=` of a modifier. */
  readonly sign: string;
  /** Lower case: `include`, `redirect`. */
  readonly name: string;
  /** After the colon or equals sign, without prefix lengths. */
  readonly value: string;
  /** What is wrong with it. */
  readonly fault?: string;
}

const MECHANISM = /^([+\-~?]?)([a-z][a-z0-9]*)(?::([^/]*(?:\/(?!\/|\d)[^/]*)*))?((?:\/\d+)?(?:\/\/\d+)?)$/i;
const MODIFIER = /^([a-z][a-z0-9._-]*)=(.*)$/i;

/** A name to look up: two labels or more, or a macro, which only a receiver can expand. */
function isDomainSpec(value: string): boolean {
  if (value.includes("%")) return /^([^%]|%%|%_|%-|%\{[a-z]\d*r?[.+,/_=-]*\})+$/i.test(value);
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)+\.?$/i.test(value) && !/^[0-9.]+$/.test(value);
}

function isNetwork(name: string, value: string, length: string): boolean {
  if (!ipaddr.isValid(value) || ipaddr.parse(value).kind() !== `ipv${name.slice(2)}`) return false;
  if (name === "ip4" && !ipaddr.IPv4.isValidFourPartDecimal(value)) return false;
  return length === "" || (/^\/\d+$/.test(length) && Number(length.slice(1)) <= (name === "ip4" ? 32 : 128));
}

function faultOf(name: string, value: string | undefined, length: string): string | undefined {
  switch (name) {
    case "all":
      return value === undefined && length === "" ? undefined : "all stands alone";
    case "ip4":
    case "ip6":
      return isNetwork(name, value ?? "", length) ? undefined : `${name} wants an address or a block`;
    case "a":
    case "mx":
      return value === undefined || isDomainSpec(value) ? undefined : `${value} is no name`;
    case "ptr":
      return (value === undefined || isDomainSpec(value)) && length === ""
        ? undefined
        : "ptr wants a name or nothing";
    case "include":
    case "exists":
      return isDomainSpec(value ?? "") && length === "" ? undefined : `${name} wants a name`;
    case "redirect":
    case "exp":
      return `${name} is written with an equals sign`;
    default:
      return "there is no such mechanism";
  }
}

function readTerm(text: string): SpfTerm {
  const modifier = MODIFIER.exec(text);
  if (modifier !== null) {
    const [, name = "", value = ""] = modifier;
    const known = ["redirect", "exp"].includes(name.toLowerCase());
    const fault = known && !isDomainSpec(value) ? { fault: `${name} wants a name` } : {};
    return { text, sign: "=", name: name.toLowerCase(), value, ...fault };
  }
  const mechanism = MECHANISM.exec(text);
  if (mechanism === null)
    return { text, sign: "+", name: "", value: "", fault: "this is neither a mechanism nor a modifier" };
  const [, sign = "", written = "", value, length = ""] = mechanism;
  const name = written.toLowerCase();
  const fault = faultOf(name, value, length);
  const term = { text, sign: sign === "" ? "+" : sign, name, value: value ?? "" };
  return fault === undefined ? term : { ...term, fault };
}

/** The terms of a policy, in order; undefined where the text is no policy. */
export function readSpf(text: string | undefined): readonly SpfTerm[] | undefined {
  if (text === undefined || !isSpf(text)) return undefined;
  return text
    .split(" ")
    .slice(1)
    .filter((term) => term !== "")
    .map(readTerm);
}

/** Terms that cost a look-up (RFC 7208 4.6.4). */
export const ASKING = ["include", "a", "mx", "ptr", "exists", "redirect"];

/** Terms that a receiver works through: none after `all`, and `redirect` only where there is no `all`. */
export function workedThrough(terms: readonly SpfTerm[]): readonly SpfTerm[] {
  const end = terms.findIndex(({ name, sign }) => name === "all" && sign !== "=");
  const mechanisms = terms.slice(0, end === -1 ? undefined : end).filter(({ sign }) => sign !== "=");
  const redirect = end === -1 ? terms.filter(({ name, sign }) => name === "redirect" && sign === "=") : [];
  return [...mechanisms, ...redirect];
}
