/** Checks that look at more than one value. Each works on what could be read, so one fault hides no other. */
import ipaddr from "ipaddr.js";
import { dkimRole } from "../dns/dkim.ts";
import type { Issue } from "../model/issue.ts";
import { OPEN_VALUE, openedBy } from "../model/protection.ts";
import { dkimKeyBits } from "../values/dkimKey.ts";
import { hasPublicSuffix, isWithin, registrableDomain } from "../values/domainName.ts";
import type { Draft } from "./draft.ts";
import { checkCertificates } from "./certificateChecks.ts";
import { checkHostNames } from "./lengthChecks.ts";
import { checkOnboarding } from "./onboardingChecks.ts";
import { CLOUDS } from "../vendors/registry.ts";
import { checkProvider, checkZoneBelow } from "./providerChecks.ts";
import type { Fault, Reading } from "../values/reading.ts";
import { errorAt } from "./readSection.ts";
import { RECORD_CHECKS } from "./recordChecks.ts";

/** A check over the draft. */
export type Check = (draft: Draft) => readonly Issue[];

function warningAt(path: string, fault: Fault): Issue {
  return { path, severity: "warning", ...fault };
}

const checkZone: Check = ({ top, dns, zone }) => {
  const path = "mailstead:dns.zone";
  if (top.domain === undefined || zone === undefined) return [];
  const registrable = registrableDomain(zone);
  if (dns.zone !== undefined && registrable === undefined) {
    const message = `${zone} is a public suffix, not a zone of yours`;
    return [errorAt(path, { rule: "public-suffix", message, fix: "set the zone at your provider" })];
  }
  if (!isWithin(top.domain, zone)) {
    const message = `${top.domain} is not in the zone ${zone}`;
    const fix = `set ${registrableDomain(top.domain) ?? top.domain}, or change the domain`;
    return [errorAt(path, { rule: "domain-outside-zone", message, fix })];
  }
  return [];
};

/** An open switch stays open until somebody thinks of it: each preview says what it opens. */
const checkProtection: Check = ({ top }) => {
  if (top.protect !== OPEN_VALUE.protect) return [];
  const message = `a destroy now deletes ${openedBy("protect").join(", and ")}`;
  const fix = `when what it was for is done: pulumi config set mailstead:protect ${String(!OPEN_VALUE.protect)}, and pulumi up`;
  return [warningAt("mailstead:protect", { rule: "unprotected", message, fix })];
};

const checkDomain: Check = ({ top }) => {
  if (top.domain === undefined || hasPublicSuffix(top.domain)) return [];
  const message = "the last label is no public top-level domain: no public CA gives a certificate for it";
  return [
    warningAt("mailstead:domain", { rule: "unknown-top-level", message, fix: "use a registered domain" }),
  ];
};

const checkContact: Check = ({ top }) => {
  const domain = top.email?.split("@")[1];
  if (domain === undefined || top.domain === undefined || !isWithin(domain, top.domain)) return [];
  const message = "the contact address is on this very server: nothing reaches you while it is down";
  return [
    warningAt("mailstead:email", { rule: "contact-in-domain", message, fix: "use an address elsewhere" }),
  ];
};

/** Errors for entries of a list that were there before. */
function duplicates(values: readonly string[], path: string, rule: string, what: string): Issue[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (first === index) return [];
    const message = `the same ${what} is at [${first}]`;
    return [errorAt(`${path}[${index}]`, { rule, message, fix: "remove one of the two" })];
  });
}

/** Blocks of IPv4 that no packet from the Internet comes from (RFC 6890; multicast RFC 5771, class E RFC 1112). */
const NOT_FROM_OUTSIDE = [
  ...["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
].map((block) => ipaddr.IPv4.parseCIDR(block));

/** The connection of the deploy comes from the Internet to the server's IPv4 address. */
function letsDeployIn(network: string): boolean {
  // Not for the library to find out: its answer to the other family's is an exception.
  if (network.includes(":")) return false;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(network);
  if (prefix >= 8 && address.octets[0] === 0) return false;
  return !NOT_FROM_OUTSIDE.some(([block, length]) => prefix >= length && address.match(block, length));
}

const checkNetworks: Check = ({ server }) => {
  const path = "mailstead:server.adminNetworks";
  const networks = server.adminNetworks ?? [];
  const open = networks.flatMap((network, index) => {
    if (!network.endsWith("/0")) return [];
    const message = "SSH is open to the whole Internet";
    return [
      warningAt(`${path}[${index}]`, { rule: "ssh-open-to-all", message, fix: "name your own networks" }),
    ];
  });
  const unreachable = networks.length > 0 && !networks.some(letsDeployIn);
  const message = "no block lets the deploy in: it connects by IPv4 from the Internet";
  const fix =
    "add the public IPv4 address of the network that you run `pulumi up` in, such as 203.0.113.7/32";
  return [
    ...duplicates(networks, path, "duplicate-network", "block"),
    ...open,
    ...(unreachable ? [errorAt(path, { rule: "deploy-locked-out", message, fix })] : []),
  ];
};

const checkAdminKeys: Check = ({ server }) => {
  const path = "mailstead:server.adminKeys";
  const { adminKeys = [] } = server;
  const keys = adminKeys.map((line) => line.split(" ").slice(0, 2).join(" "));
  return duplicates(keys, path, "duplicate-key", "key");
};

const checkDeployKeys: Check = ({ server }) =>
  duplicates((server.deployKeys ?? []).map(String), "mailstead:server.deployKeys", "duplicate-key", "number");

/** A word that some cloud knows, and the one in question does not. */
function faultAt(path: string, value: string | undefined, read: (text: string) => Reading<string>): Issue[] {
  const fault = value === undefined ? undefined : read(value).fault;
  return fault === undefined ? [] : [errorAt(path, fault)];
}

const checkPlace: Check = ({ server }) => {
  const { location, type, provider } = server;
  if (provider === undefined) return [];
  const { readLocation, readServerType, doubtPlace } = CLOUDS[provider];
  const faults = [
    ...faultAt("mailstead:server.location", location, readLocation),
    ...faultAt("mailstead:server.type", type, readServerType),
  ];
  const doubt = location === undefined || faults.length > 0 ? undefined : doubtPlace(location, type);
  if (doubt === undefined) return faults;
  const { key, ...fault } = doubt;
  return [warningAt(`mailstead:server.${key}`, fault)];
};

/** A selector whose record, or whose record's place in the state, an earlier one has. */
function takenSelector(selector: string, before: readonly string[]): Fault | undefined {
  if (before.includes(selector)) {
    const message = `the selector ${selector} has a key already`;
    return { rule: "duplicate-selector", message, fix: "remove one of the two" };
  }
  const same = before.find((other) => dkimRole(other) === dkimRole(selector));
  if (same === undefined) return undefined;
  const message = `the records of ${selector} and ${same} would have the same name in the state, ${dkimRole(selector)}`;
  const fix = "add this key as a TXT record under dns.records, with a role of its own";
  return { rule: "same-role", message, fix };
}

const checkDkim: Check = ({ dkim }) => {
  const selectors = dkim.map(({ value }) => value.selector);
  return dkim.flatMap(({ value, path }, index) => {
    const taken = takenSelector(value.selector, selectors.slice(0, index));
    if (taken !== undefined) return [errorAt(`${path}.selector`, taken)];
    const bits = dkimKeyBits(value.publicKey);
    if (bits >= 2048) return [];
    const fix = "change the key length to 2048 in the web interface, and paste the new key";
    const message = `the key has ${bits} bits; large receivers want 2048`;
    return [warningAt(`${path}.publicKey`, { rule: "short-dkim-key", message, fix, source: "RFC 8301 3.2" })];
  });
};

const checkRelease: Check = ({ mail, images }) => {
  if (mail.release === undefined || images.app === undefined || images.app.tag === mail.release) return [];
  const message = `the image's tag ${images.app.tag} is not the release ${mail.release}`;
  const fix = "leave mail.images.app.tag out";
  return [warningAt("mailstead:mail.images.app.tag", { rule: "release-differs", message, fix })];
};

const checkRecordNames: Check = ({ records, zone }) =>
  records.flatMap(({ value, path }) => {
    if (zone === undefined || isWithin(value.name.replace(/^\*\./, ""), zone)) return [];
    const message = `${value.name} is not in the zone ${zone}`;
    const fix = "write @, a name under the mail domain, or a whole name in the zone";
    return [errorAt(`${path}.name`, { rule: "outside-zone", message, fix })];
  });

/** Every check, in the order in which people read the configuration. */
export const CHECKS: readonly Check[] = [
  checkDomain,
  checkProtection,
  checkHostNames,
  checkContact,
  checkPlace,
  checkNetworks,
  checkAdminKeys,
  checkDeployKeys,
  checkZone,
  checkZoneBelow,
  checkProvider,
  ...RECORD_CHECKS,
  checkDkim,
  checkRecordNames,
  checkRelease,
  checkOnboarding,
  checkCertificates,
];
