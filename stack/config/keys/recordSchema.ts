/** Keys of the records that go beyond the guide's table, each with a switch of its own. */
import { z } from "zod";
import { readDkimPublicKey, readDkimSelector } from "../../values/dkimKey.ts";
import { readHostName, wholeName } from "../../values/domainName.ts";
import { because, count, digits, list, switches, text, type Fields } from "../../values/field.ts";
import { readAccountUri, readReportTarget, readSpfMechanism } from "./readRecordValues.ts";
import { readReportAddress } from "./readValues.ts";

const POLICIES = ["none", "quarantine", "reject"] as const;
const ALIGNMENTS = ["relaxed", "strict"] as const;
const SWITCH_FIX = "set true or false";

export const SPF = {
  mechanisms: {
    schema: list(text(readSpfMechanism), 50),
    meaning: "further senders of the domain, put into its one SPF policy before `-all`",
    fix: "list mechanisms, such as include:_spf.example.net or ip4:192.0.2.0/24",
    default: because<readonly string[]>([], "mail leaves through this server alone"),
  },
} satisfies Fields;

export const DMARC = {
  policy: {
    schema: z.enum(["none", "quarantine-test", "quarantine", "reject-test", "reject"]),
    meaning: "what others do with mail that fails; the words from left to right are the way up",
    fix: "set none, quarantine-test, quarantine, reject-test or reject",
    default: because(
      "quarantine" as const,
      "all mail of the domain leaves through this server, which sends nothing that fails DMARC; reject is the next step",
    ),
  },
  subdomains: {
    schema: z.enum(POLICIES),
    meaning: "policy of subdomains that have none of their own (sp); without it, the domain's",
    fix: "set none, quarantine or reject, or leave it out",
  },
  nonexistent: {
    schema: z.enum(POLICIES),
    meaning: "policy of names that do not exist (np); without it, the subdomains'",
    fix: "set none, quarantine or reject, or leave it out",
  },
  dkimAlignment: {
    schema: z.enum(ALIGNMENTS),
    meaning: "whether a signature of the domain covers its subdomains (relaxed) or not (strict)",
    fix: "set relaxed or strict, or leave it out",
  },
  spfAlignment: {
    schema: z.enum(ALIGNMENTS),
    meaning: "whether SPF of a subdomain counts for the domain (relaxed) or not (strict)",
    fix: "set relaxed, or leave it out",
  },
  rua: {
    schema: text(readReportAddress),
    meaning: "address that takes aggregate reports; another domain must allow them",
    fix: "set one mail address, or leave it out",
  },
} satisfies Fields;

export const DKIM = {
  selector: {
    schema: digits(readDkimSelector),
    meaning: "selector of the key",
    fix: "set the selector that the web interface shows, such as fe-1a2b3c",
    required: true,
  },
  publicKey: {
    schema: text(readDkimPublicKey),
    meaning: "public key",
    fix: "paste the value of p= that the web interface shows",
    required: true,
  },
  use: {
    schema: z.enum(["next", "signing", "retired"]),
    meaning:
      "next: published before it signs; signing: protected; retired: signs no more, and may be removed when no mail is under way",
    fix: "set next, signing or retired, or leave it out",
  },
} satisfies Fields;

export const MTA_STS = {
  mode: {
    schema: z.enum(["off", "testing", "enforce", "none"]),
    meaning:
      "whether senders must use TLS to reach the MX: testing reports only, none is the way out after enforce",
    fix: "set off, testing, enforce or none",
    default: because(
      "off" as const,
      "it wants a certificate that others trust; begin with testing, and with tlsReports",
    ),
  },
  maxAgeSeconds: {
    schema: count(86_400, 31_557_600),
    meaning: "how long senders keep the policy",
    fix: "set 86400 (a day) to 31557600 seconds (a year)",
    default: because(604_800, "a week: long enough to protect, short enough to come back from"),
  },
} satisfies Fields;

export const CAA = {
  enabled: {
    schema: switches,
    meaning: "only one CA may issue certificates for the domain",
    fix: SWITCH_FIX,
    default: because(false, "it locks out every other CA, also that of a website on the domain"),
  },
  issuer: {
    schema: text((name) => wholeName(readHostName(name), "issuer")),
    meaning: "domain by which the CA is known",
    fix: "set the CA's own word for CAA, such as letsencrypt.org",
    follows: because("the CA of `certificates.directory`", "any other could not give the certificate"),
  },
  accountUri: {
    schema: text(readAccountUri),
    meaning: "the one account at the CA that may order (RFC 8657)",
    fix: "set the URI that `certbot show_account` prints on the server",
  },
  report: {
    schema: text(readReportTarget),
    meaning: "where the CA reports a refused order (iodef)",
    fix: "set a mail address or an https URL",
  },
} satisfies Fields;

/** Keys of `dns` that switch records on. */
export const RECORD_SWITCHES = {
  tlsReports: {
    schema: text(readReportTarget),
    meaning: "where senders report failed TLS (TLS-RPT); the record is there when this is set",
    fix: "set a mail address or an https URL",
  },
  services: {
    schema: switches,
    meaning:
      "SRV records, by which mail programs, calendars and contacts find their server; caldav and carddav get addresses, since an SRV may not point to an alias",
    fix: SWITCH_FIX,
    default: because(false, "many programs do not ask for them"),
  },
  autoconfig: {
    schema: switches,
    meaning: "autoconfig.DOMAIN with settings for Thunderbird and its like; Mailstead serves the file",
    fix: SWITCH_FIX,
    default: because(false, "one more name and container, for those who type settings by hand anyway"),
  },
  autodiscover: {
    schema: switches,
    meaning: "autodiscover.DOMAIN for Outlook; Forward Email's web server answers it, where the release can",
    fix: SWITCH_FIX,
    default: because(false, "Outlook alone asks for it"),
  },
  heloSpf: {
    schema: switches,
    meaning: "SPF for the name mx, with which the server greets",
    fix: SWITCH_FIX,
    default: because(false, "without it receivers judge by the domain's own policy"),
  },
  nullMx: {
    schema: switches,
    meaning: "hosts of the plan that take no mail say so: null MX, and closed SPF where none sends",
    fix: SWITCH_FIX,
    default: because(false, "mail to such a name is refused by the server anyway"),
  },
  nullMxHosts: {
    schema: list(text(readHostName)),
    meaning: "hosts of your own that neither take nor send mail, as whole names: the same two records",
    fix: "list whole names in the zone, such as www.example.com",
    default: because<readonly string[]>([], "only you know which hosts of yours take no mail"),
  },
} satisfies Fields;
