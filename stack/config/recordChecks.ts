/** Checks on the records that have switches of their own: what they need, and what does not go with them. */
import { findIssuer } from "../dns/rules/caa.ts";
import { judgeZone } from "../dns/rules/checkRecords.ts";
import { toIssue } from "../dns/rules/rule.ts";
import { canonicalSpf } from "../dns/policies/canonicalSpf.ts";
import { spfPolicy } from "../dns/spf.ts";
import type { Issue } from "../model/issue.ts";
import { fill } from "../values/slots.ts";
import { returnPathName, serviceNames } from "../services/names.ts";
import { WEB_LABELS } from "../services/webNames.ts";
import { ACME_DIRECTORIES } from "./keys/acmeDirectories.ts";
import { isWithin } from "../values/domainName.ts";
import type { Draft } from "./draft.ts";
import { HELD_NAMES_ASKED, otherMethods } from "./otherMethods.ts";
import type { Fault } from "../values/reading.ts";
import { errorAt } from "./readSection.ts";

type Check = (draft: Draft) => readonly Issue[];

const PATH = "mailstead:dns";

function warningAt(path: string, fault: Fault): Issue {
  return { path, severity: "warning", ...fault };
}

/** CAA's word for the CA of the ACME directory, where one is used and the word is known. */
function directoryIssuer({ certificates: { method, directory } }: Draft): string | undefined {
  return method === "provided" || directory === undefined ? undefined : findIssuer(directory);
}

/** Domain by which the CA is known in CAA: given, or the one of the ACME directory. */
export function caaIssuer(draft: Draft): string | undefined {
  return draft.caa.issuer ?? directoryIssuer(draft);
}

/** The owner's part of the SPF policy: each sender once, and the whole as the rules about policies want it. */
const checkSpf: Check = ({ spf, top, dns }) => {
  const path = `${PATH}.spf.mechanisms`;
  const { mechanisms = [] } = spf;
  if (mechanisms.length === 0 || top.domain === undefined) return [];
  const { domain } = top;
  const plain = ["a", ...mechanisms].map((text) => canonicalSpf(`v=spf1 ${text}`, domain) ?? text);
  const twice = mechanisms.flatMap((text, index) => {
    if (plain.indexOf(plain[index + 1] ?? "") === index + 1) return [];
    const fault = {
      rule: "duplicate-mechanism",
      message: `${text} is in the policy already`,
      fix: "remove it",
    };
    return [errorAt(`${path}[${index}]`, fault)];
  });
  const record = {
    name: domain,
    type: "TXT",
    ttlSeconds: "auto",
    value: fill(spfPolicy(mechanisms), String),
  } as const;
  return [
    ...twice,
    ...judgeZone([record], { domain, ...(dns.provider && { provider: dns.provider }) }).map((finding) => ({
      ...toIssue(finding, path),
      path,
    })),
  ];
};

const POLICY_ORDER = ["none", "quarantine", "reject"];

const checkDmarc: Check = ({ dmarc }) => {
  const issues: Issue[] = [];
  const policy = dmarc.policy?.replace(/-test$/, "") ?? "none";
  const weaker = (value: string | undefined) =>
    value !== undefined && POLICY_ORDER.indexOf(value) < POLICY_ORDER.indexOf(policy);
  if (weaker(dmarc.nonexistent)) {
    const message = `names that do not exist are let off with ${dmarc.nonexistent ?? ""}, the domain is not`;
    const fix = `set ${policy}, or leave it out`;
    const path = `${PATH}.dmarc.nonexistent`;
    issues.push(warningAt(path, { rule: "weaker-nonexistent", message, fix, source: "RFC 9989" }));
  }
  if (dmarc.spfAlignment === "strict") {
    const message = "mail leaves with fe-bounces as its return path, so SPF never aligns strictly";
    const fix = "leave it out, unless DKIM alone shall count";
    const path = `${PATH}.dmarc.spfAlignment`;
    issues.push(warningAt(path, { rule: "spf-never-aligns", message, fix, source: "RFC 9989" }));
  }
  return issues;
};

const checkKeyUse: Check = ({ dkim }) => {
  const said = dkim.filter(({ value }) => value.use !== undefined);
  const signing = dkim.filter(({ value }) => value.use === "signing");
  const first = said[0];
  if (first === undefined) return [];
  const [, second] = signing;
  if (second !== undefined) {
    const message = `${signing[0]?.value.selector ?? ""} signs already, and the server signs with one key`;
    const fix = "set next before the change in the web interface, retired after it";
    return [errorAt(`${second.path}.use`, { rule: "two-signing-keys", message, fix })];
  }
  if (signing.length === 1 || dkim.some(({ value }) => value.use === undefined)) return [];
  const message = "no key of the list signs: the one in use would be missing";
  const fix = "set signing on the key that the web interface shows now";
  return [errorAt(`${first.path}.use`, { rule: "no-signing-key", message, fix, source: "RFC 6376 3.6.1" })];
};

const checkMtaSts: Check = ({ mtaSts, dns, certificates }) => {
  const path = `${PATH}.mtaSts.mode`;
  if (mtaSts.mode === "enforce" && certificates.directory === ACME_DIRECTORIES["letsencrypt-staging"]) {
    const message = "senders would refuse to deliver: no one trusts a certificate of the staging directory";
    const fix = "set testing, or certificates.directory to letsencrypt";
    return [errorAt(path, { rule: "enforce-untrusted", message, fix, source: "RFC 8461 4.1" })];
  }
  if (mtaSts.mode !== "testing" || dns.tlsReports !== undefined) return [];
  const message = "testing reports to no one";
  const fix = "set dns.tlsReports to an address that you read";
  return [warningAt(path, { rule: "testing-unheard", message, fix, source: "RFC 8460" })];
};

const checkCaa: Check = (draft) => {
  const { caa, certificates } = draft;
  if (caa.enabled !== true) {
    return (["issuer", "accountUri", "report"] as const)
      .filter((key) => caa[key] !== undefined)
      .map((key) => {
        const message = "this has no meaning while dns.caa.enabled is false";
        const fix = "set dns.caa.enabled to true, or remove it";
        return errorAt(`${PATH}.caa.${key}`, { rule: "caa-off", message, fix });
      });
  }
  // What could not be read is told already, and says nothing about the CA.
  if (certificates.directory === undefined || certificates.method === undefined) return [];
  const [given, ordered] = [caa.issuer, directoryIssuer(draft)];
  if (given !== undefined && ordered !== undefined && given !== ordered) {
    const message = `orders go to ${ordered}, which this would forbid`;
    const fix = "leave it out, or change certificates.directory";
    return [errorAt(`${PATH}.caa.issuer`, { rule: "foreign-issuer", message, fix, source: "RFC 8659 4.2" })];
  }
  if (given === undefined && ordered === undefined) {
    const message = "the CA's word for CAA is not known here";
    const fix = "set it, as the CA's documentation has it";
    return [errorAt(`${PATH}.caa.issuer`, { rule: "unknown-issuer", message, fix, source: "RFC 8659 4.2" })];
  }
  if (caa.accountUri === undefined) return [];
  const { host } = new URL(certificates.directory);
  const path = `${PATH}.caa.accountUri`;
  if (certificates.method !== "provided" && new URL(caa.accountUri).host !== host) {
    const message = `the account is not one of the directory at ${host}, so every order would be refused`;
    const fix = "set the URI that `certbot show_account` prints for this directory";
    return [errorAt(path, { rule: "foreign-account", message, fix, source: "RFC 8657 3" })];
  }
  if (certificates.method !== "dns-01" && certificates.method !== "http-01") return [];
  const message = "the account lives on the server: the next generation has another, whose order is refused";
  const fix = "remove it before you raise the generation, and set the new one after";
  return [warningAt(path, { rule: "account-on-server", message, fix, source: "RFC 8657" })];
};

const checkHeloSpf: Check = ({ dns }) => {
  if (dns.heloSpf !== true || dns.mxHost !== "alias") return [];
  const message = "mx is an alias, which can have no SPF of its own; the domain's counts there";
  const fix = "remove it, or set dns.mxHost to address";
  return [errorAt(`${PATH}.heloSpf`, { rule: "not-with-alias", message, fix, source: "RFC 1034 3.6.2" })];
};

/** Another domain need not allow reports on TLS; but they should not depend on what they report. */
const checkTlsReports: Check = ({ dns, top }) => {
  const target = dns.tlsReports?.split("@")[1];
  if (target === undefined || top.domain === undefined || !isWithin(target, top.domain)) return [];
  const message = "reports on failed TLS go to the server that they are about";
  const fix = "set an address elsewhere, or an https URL";
  return [warningAt(`${PATH}.tlsReports`, { rule: "reports-in-domain", message, fix, source: "RFC 8460" })];
};

/** Names of the plan: some are aliases, which can have no other record, and dns.nullMx knows the rest. */
function isOwnName(host: string, domain: string): boolean {
  const web = WEB_LABELS.map((label) => `${label}.${domain}`);
  return [...Object.values(serviceNames(domain)), ...web, returnPathName(domain)].includes(host);
}

/** What clashes with the owner's records there, the rules about records tell. */
const checkNullMxHosts: Check = ({ dns, top, zone }) =>
  (dns.nullMxHosts ?? []).flatMap((host, index, hosts) => {
    const path = `${PATH}.nullMxHosts[${index}]`;
    const fault = (rule: string, message: string, fix: string) => [errorAt(path, { rule, message, fix })];
    if (hosts.indexOf(host) !== index) return fault("duplicate-host", "the same host is above", "remove it");
    if (zone !== undefined && !isWithin(host, zone))
      return fault("outside-zone", `${host} is not in the zone ${zone}`, "write a whole name in the zone");
    if (host === top.domain)
      return fault("own-domain", "this is the mail domain itself", "remove it; its mail would be refused");
    if (top.domain !== undefined && isOwnName(host, top.domain))
      return fault("own-name", `${host} is one of the server's own names`, "use dns.nullMx for those");
    return [];
  });

/** Mail that the old server goes on sending has to pass policies that are ours from the first `up` on. */
const checkHold: Check = (draft) => {
  const { dns, spf, dmarc, certificates } = draft;
  if (dns.mx !== "hold") return [];
  const issues: Issue[] = [];
  if (certificates.method === "http-01") {
    const fix = `until dns.mx is point set ${otherMethods(draft).join(", or ")}`;
    const fault = { rule: "names-held", message: HELD_NAMES_ASKED, fix };
    issues.push(errorAt("mailstead:certificates.method", fault));
  }
  if ((spf.mechanisms ?? []).length === 0) {
    const message = "mail still leaves by the old server as well, which the SPF policy does not let in";
    const fix = "name it, such as ip4:192.0.2.25 or include:_spf.example.net, until all mail leaves here";
    issues.push(warningAt(`${PATH}.spf.mechanisms`, { rule: "old-sender-left-out", message, fix }));
  }
  if (dmarc.policy !== undefined && dmarc.policy !== "none") {
    const message = "mail of the old server that fails DMARC is quarantined or refused";
    const fix = "set none until dns.mx is point and its mail passes";
    issues.push(warningAt(`${PATH}.dmarc.policy`, { rule: "strict-while-held", message, fix }));
  }
  return issues;
};

/** Every check on these records, in the order of the reference. */
export const RECORD_CHECKS: readonly Check[] = [
  checkHold,
  checkSpf,
  checkDmarc,
  checkKeyUse,
  checkMtaSts,
  checkCaa,
  checkHeloSpf,
  checkTlsReports,
  checkNullMxHosts,
];
