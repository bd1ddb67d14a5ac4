/** Reads an SPF policy into its terms, as strictly as RFC 7208 12 has it: one fault anywhere makes the whole void. */
import ipaddr from "ipaddr.js";
import { nearest } from "../../values/nearest.ts";
import { isSpf } from "./kinds.ts";
import type { SpfFault } from "./spfDomainSpec.ts";
import { canBeName, faultOfDomainSpec, faultOfMacroString } from "./spfDomainSpec.ts";

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
  /** Prefix lengths as they are written, each with its slashes: `/24`, `//64`. */
  readonly lengths: readonly [ipv4: string, ipv6: string];
  /** What makes receivers answer permerror. */
  readonly fault?: SpfFault;
  /** What receivers take, but not for what it was meant as. */
  readonly doubt?: SpfFault;
}

const MECHANISMS = ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];
const KNOWN_MODIFIERS = ["redirect", "exp"];

const SHAPE = /^([+\-~?]?)([a-z][a-z0-9_.-]*)([:=/]?)(.*)$/is;
const LENGTHS = /((?:\/\d+)?)((?:\/\/\d+)?)$/;

/** RFC 7208 5.6: a number without a zero in front, no longer than an address of the family. */
function faultOfLength(written: string, most: number): SpfFault | undefined {
  const digits = written.replace(/^\/+/, "");
  const source = "RFC 7208 5.6";
  if (digits === "") return undefined;
  if (/^0\d/.test(digits))
    return { message: `${written} has a zero in front`, fix: `write /${Number(digits)}`, source };
  if (Number(digits) <= most) return undefined;
  const family = most === 32 ? "IPv4" : "IPv6";
  const fix =
    most === 32 && Number(digits) <= 128 && !written.startsWith("//")
      ? `write /${most} at most; a length for IPv6 has two slashes: //${digits}`
      : `write ${most} at most`;
  return { message: `${written} is longer than an ${family} address`, fix, source };
}

function faultOfDual([ipv4, ipv6]: SpfTerm["lengths"]): SpfFault | undefined {
  return faultOfLength(ipv4, 32) ?? faultOfLength(ipv6, 128);
}

/** Four numbers without a zero in front, or the groups of RFC 4291 2.2 without a zone. */
function isAddress(family: "ip4" | "ip6", text: string): boolean {
  if (family === "ip4") return ipaddr.IPv4.isValidFourPartDecimal(text);
  return /^[0-9a-f:.]*$/i.test(text) && ipaddr.IPv6.isValid(text);
}

function faultOfNetwork(name: "ip4" | "ip6", value: string): SpfFault | undefined {
  const [address = "", length] = value.split(/(?=\/)/, 2);
  const family = name === "ip4" ? "IPv4" : "IPv6";
  const right = isAddress(name, address);
  const example = name === "ip4" ? "ip4:192.0.2.0/24" : "ip6:2001:db8::/32";
  const source = "RFC 7208 5.6";
  if (!right || (length !== undefined && !/^\/\d+$/.test(length)) || value.split("/").length > 2) {
    const other = isAddress(name === "ip4" ? "ip6" : "ip4", address);
    const fix = other ? `write it as ${name === "ip4" ? "ip6" : "ip4"}` : `write it as ${example}`;
    return { message: `${name} wants an ${family} address or a block of them`, fix, source };
  }
  return faultOfLength(length ?? "", name === "ip4" ? 32 : 128);
}

/** A term that nobody knows: most were meant as one that there is. */
function unknownTerm(name: string, sign: string): SpfFault {
  const source = "RFC 7208 4.6.1";
  const run = MECHANISMS.find((one) => one.length > 2 && name.startsWith(`${one}.`));
  if (run !== undefined) {
    const host = name.slice(run.length + 1);
    return { message: `there is no mechanism ${name}`, fix: `write ${run}:${host}`, source };
  }
  const near =
    /^ip(v[46])$/.exec(name)?.[0]?.replace("v", "") ?? nearest(name, [...MECHANISMS, ...KNOWN_MODIFIERS]);
  const meant = near === undefined || sign === "=" ? "a, include:example.net or ip4:192.0.2.0/24" : near;
  return { message: `there is no mechanism ${name}`, fix: `write it as ${meant}`, source };
}

function alone(name: string, rest: string): SpfFault | undefined {
  if (rest === "") return undefined;
  return { message: `${name} stands alone`, fix: `write ${name}`, source: "RFC 7208 5.1" };
}

function withoutLength(value: string): SpfFault | undefined {
  const fault = faultOfDomainSpec(value);
  if (fault === undefined || !/[^%{]\/\d+$/.test(value)) return fault;
  return {
    message: "there is no prefix length here",
    fix: `write ${value.replace(/\/+\d+$/, "")}`,
    source: "RFC 7208 5",
  };
}

function faultOfMechanism(name: string, separator: string, rest: string): SpfFault | undefined {
  const wanted = { message: `${name} wants a name`, fix: `write ${name}:example.net`, source: "RFC 7208 5" };
  switch (name) {
    case "all":
      return alone(name, separator + rest);
    case "ip4":
    case "ip6":
      return faultOfNetwork(name, separator === ":" ? rest : "");
    case "a":
    case "mx": {
      const { value, lengths } = parts(separator, rest);
      if (separator === ":" || value !== "") {
        const fault = faultOfDomainSpec(value);
        if (fault !== undefined) return fault;
      }
      return faultOfDual(lengths);
    }
    case "ptr":
      if (separator === "" && rest === "") return undefined;
      return separator === ":" ? withoutLength(rest) : wanted;
    case "include":
    case "exists":
      return separator === ":" ? withoutLength(rest) : wanted;
    default:
      return KNOWN_MODIFIERS.includes(name)
        ? {
            message: `${name} is written with an equals sign`,
            fix: `write ${name}=${rest}`,
            source: "RFC 7208 6",
          }
        : unknownTerm(name, separator);
  }
}

/** Value and prefix lengths of `a` and `mx`. */
function parts(separator: string, rest: string): Pick<SpfTerm, "value" | "lengths"> {
  const whole = separator === "/" ? `/${rest}` : rest;
  const [, ipv4 = "", ipv6 = ""] = LENGTHS.exec(whole) ?? [];
  return { value: whole.slice(0, whole.length - ipv4.length - ipv6.length), lengths: [ipv4, ipv6] };
}

/** Value and lengths of any mechanism. */
function splitTerm(name: string, separator: string, rest: string): Pick<SpfTerm, "value" | "lengths"> {
  if (name === "a" || name === "mx") return parts(separator, rest);
  if (name !== "ip4" && name !== "ip6") return { value: rest, lengths: ["", ""] };
  const { value, lengths } = parts(":", rest);
  return { value, lengths: name === "ip4" ? lengths : ["", lengths[0]] };
}

function doubtOfName(value: string): SpfFault | undefined {
  return value === "" || canBeName(value)
    ? undefined
    : {
        message: `${value} is no name that the DNS can hold`,
        fix: "write a whole name, such as _spf.example.net",
        source: "RFC 7208 4.8",
      };
}

function readModifier(text: string, name: string, value: string): SpfTerm {
  const base = { text, sign: "=", name, value, lengths: ["", ""] } as const;
  if (!KNOWN_MODIFIERS.includes(name)) {
    const fault = faultOfMacroString(value);
    if (fault !== undefined) return { ...base, fault };
    if (!MECHANISMS.includes(name)) return base;
    const message = `${text} is a modifier that nobody knows, and counts for nothing`;
    return { ...base, doubt: { message, fix: `write ${name}:${value}`, source: "RFC 7208 6" } };
  }
  const fault = faultOfDomainSpec(value);
  if (fault !== undefined) return { ...base, fault };
  const doubt = doubtOfName(value);
  return doubt === undefined ? base : { ...base, doubt };
}

function readTerm(text: string): SpfTerm {
  const [, sign = "", written = "", separator = "", rest = ""] = SHAPE.exec(text) ?? [];
  const name = written.toLowerCase();
  if (separator === "=" && sign === "") return readModifier(text, name, rest);
  const base = { text, sign: sign === "" ? "+" : sign, name, ...splitTerm(name, separator, rest) };
  if (name === "" || (separator === "=" && KNOWN_MODIFIERS.includes(name))) {
    const message = "this is neither a mechanism nor a modifier";
    const fix = "write it as a, include:example.net or ip4:192.0.2.0/24";
    return { ...base, fault: { message, fix, source: "RFC 7208 4.6.1" } };
  }
  const fault = faultOfMechanism(name, separator, rest);
  if (fault !== undefined) return { ...base, fault };
  const doubt = name === "ip4" || name === "ip6" ? undefined : doubtOfName(base.value);
  return doubt === undefined ? base : { ...base, doubt };
}

/** A modifier that stands there twice (RFC 7208 6). */
function marked(terms: readonly SpfTerm[]): readonly SpfTerm[] {
  const seen = new Set<string>();
  return terms.map((term) => {
    const { sign, name } = term;
    if (sign !== "=" || !KNOWN_MODIFIERS.includes(name)) return term;
    const isFirst = !seen.has(name);
    seen.add(name);
    if (isFirst || term.fault !== undefined) return term;
    return { ...term, fault: { message: `${name} is there twice`, fix: "leave one", source: "RFC 7208 6" } };
  });
}

/** The terms of a policy, in order; undefined where the text is no policy. */
export function readSpf(text: string | undefined): readonly SpfTerm[] | undefined {
  if (text === undefined || !isSpf(text)) return undefined;
  const terms = text
    .split(" ")
    .slice(1)
    .filter((term) => term !== "");
  return marked(terms.map(readTerm));
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
