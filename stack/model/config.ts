/** The configuration after reading: checked, normalised, every default filled in. */
import type { ImageRole } from "./imageRoles.ts";
import type { CloudName, DnsProviderName } from "./vendorNames.ts";
import type { RecordData } from "../dns/types/registry.ts";
import type { Distribution, RecordLevel } from "./plan.ts";

/** Where the server runs and how. */
export interface ServerConfig {
  readonly provider: CloudName;
  /** Vendor's name of the place: `nbg1`. */
  readonly location: string;
  /** Vendor's name of the size: `cx23`. */
  readonly type: string;
  /** Vendor's name of the image; the same words name the distribution. */
  readonly image: Distribution;
  /** CIDR blocks that may reach SSH, canonical. */
  readonly adminNetworks: readonly string[];
  /** People's own public keys, one OpenSSH line each. */
  readonly adminKeys: readonly string[];
  /** Numbers of the deploy's own keys: the one in use, then the one that it is changed to or from. */
  readonly deployKeys: readonly number[];
  /** Losing the server with the mail on it is agreed to. */
  readonly disposable: boolean;
  /** Size of the swap file in MiB; 0 means none. */
  readonly swapMib: number;
  /** IPv4 address that is given up at the vendor: the stack may go on in another account. */
  readonly lostAddress?: string;
}

/** What records of any type have in common; `COMMON_FIELDS` has to read these keys and no other. */
export interface ExtraRecordBase {
  /** Logical name, kebab case, stable for ever. */
  readonly role: string;
  /** Lower-case FQDN without a final dot. */
  readonly name: string;
  readonly ttlSeconds?: number | "auto";
  readonly purpose: string;
  readonly level: RecordLevel;
}

/** A record that the owner adds to the plan. Names are FQDNs here, whatever form they were given in. */
export type ExtraRecord = ExtraRecordBase & RecordData<string>;

/** A DKIM key made elsewhere, such as the one that the web interface shows for the domain. */
export interface DkimConfig {
  /** First labels of the record's name, before `._domainkey`. */
  readonly selector: string;
  /** SPKI DER in base64, one line. */
  readonly publicKey: string;
  /** Where the key stands in its life. Absent: not said, and so neither protected nor judged. */
  readonly use?: "next" | "signing" | "retired";
}

/** What others are asked to do with mail that fails. */
export type DmarcAction = "none" | "quarantine" | "reject";
export type Alignment = "relaxed" | "strict";

export interface DmarcConfig {
  /** The way up, one step a word: `-test` adds `t=y`, under which the next lower policy is applied. */
  readonly policy: DmarcAction | "quarantine-test" | "reject-test";
  /** `sp` */
  readonly subdomains?: DmarcAction;
  /** `np` */
  readonly nonexistent?: DmarcAction;
  /** `adkim`; relaxed where absent. */
  readonly dkimAlignment?: Alignment;
  /** `aspf`; relaxed where absent. */
  readonly spfAlignment?: Alignment;
  /** Address that takes aggregate reports. */
  readonly rua?: string;
}

/** Mail Transfer Agent Strict Transport Security (RFC 8461). */
export interface MtaStsConfig {
  /** `off`: no record and no policy. `none`: a policy that says so, for the way out. */
  readonly mode: "off" | "testing" | "enforce" | "none";
  readonly maxAgeSeconds: number;
}

/** Certification Authority Authorization (RFC 8659). */
export interface CaaConfig {
  /** Domain by which the CA is known. */
  readonly issuer: string;
  /** The one account that may order (RFC 8657). */
  readonly accountUri?: string;
  /** Mail address or https URL. */
  readonly report?: string;
}

/**
 * A rule of the owner's: what it matches is somebody else's business, and drift of it is not told.
 *
 * In globs `*` stands for any characters, dots too, `?` for one, and `\` takes the meaning from the next character.
 */
export interface IgnoreRule {
  /** Glob over the FQDN, or over the name relative to the zone (`@` is the zone itself). */
  readonly name: string;
  /** Upper-case types; all when absent. A rule hides a conflict only when it names the type. */
  readonly types?: readonly string[];
  /** Glob over the canonical value. With it the rule also hides foreign values in a declared set. */
  readonly target?: string;
  /** Why, for the report. */
  readonly reason: string;
}

/** What a preview does with drift that it sees at the DNS provider. */
export type DriftMode = "warn" | "error" | "off";

/** Which records, and where they are kept. */
export interface DnsConfig {
  readonly provider: DnsProviderName;
  /** Zone that holds the mail domain, lower-case ASCII. */
  readonly zone: string;
  /** The provider's own id of the zone, where it has one; looked up by name where absent. */
  readonly zoneId?: string;
  /** TTL of every record that does not say its own. */
  readonly ttlSeconds: number | "auto";
  /** `hold`: mail, and the names that people's mail programs use, stay where they are; `point`: they come here. */
  readonly mx: "hold" | "point";
  /** `address`: the MX points to a name with addresses. `alias`: to a CNAME, as the guide's table has it. */
  readonly mxHost: "address" | "alias";
  /** Sender Policy Framework: other senders that the one policy of the domain lets in. */
  readonly spf: { readonly mechanisms: readonly string[] };
  readonly dmarc: DmarcConfig;
  readonly dkim: readonly DkimConfig[];
  /** Mail address or https URL that takes reports on TLS; the record is there where this is. */
  readonly tlsReports?: string;
  readonly mtaSts: MtaStsConfig;
  /** There when it is switched on. */
  readonly caa?: CaaConfig;
  /** SRV records of the services. */
  readonly services: boolean;
  readonly autoconfig: boolean;
  readonly autodiscover: boolean;
  /** SPF at the name that the server greets with. */
  readonly heloSpf: boolean;
  /** Null MX at hosts of the plan that take no mail. */
  readonly nullMx: boolean;
  /** The owner's hosts that neither take nor send mail, as FQDNs. */
  readonly nullMxHosts: readonly string[];
  /** Token after `forward-email-site-verification=`. */
  readonly verification?: string;
  readonly records: readonly ExtraRecord[];
  /** What the audit leaves to others. */
  readonly ignore: readonly IgnoreRule[];
}

/** One container image. */
export interface ImageConfig {
  readonly repository: string;
  readonly tag: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

export interface MailConfig {
  /** Release tag of Forward Email. */
  readonly release: string;
  readonly images: Readonly<Record<ImageRole, ImageConfig>>;
  /** Mailboxes, calendars and contacts; false leaves a server that forwards and sends. */
  readonly storage: boolean;
  /** User name of the gate before the web interface. */
  readonly authUser: string;
  /** How long the gate stands: always, or until the first account exists. */
  readonly gate: "always" | "first";
  /** Memory that MongoDB keeps data in, in MiB. */
  readonly mongoCacheMib: number;
}

/** An address of the domain that the onboarding makes. */
export interface MailboxConfig {
  /** What is before the @, lower case. */
  readonly name: string;
  /** Addresses that mail goes on to. Absent: it has a mailbox of its own. */
  readonly forwardTo?: readonly string[];
  /** Password of a mailbox that is there already; generated where absent. SECRET. */
  readonly password?: string;
}

/** Where mail, databases and certificates live. */
export interface DataConfig {
  /** `volume`: a volume of its own, which outlives servers; `disk`: the server's. */
  readonly kind: "volume" | "disk";
  /** Size of the volume in GB. */
  readonly sizeGb: number;
  /** Id of the stack's volume that is given up at the vendor: the stack may take a new one, filled from the backups or empty. */
  readonly lostVolume?: string;
}

export interface CertificatesConfig {
  readonly method: "dns-01" | "http-01" | "provided" | "manual";
  /** URL of the ACME directory. */
  readonly directoryUrl: string;
  /** Seconds between writing a dns-01 record and asking for its check. */
  readonly propagationSeconds: number;
  /** PEM chain, leaf first; there with method `provided`. */
  readonly certificate?: string;
  /** PEM. SECRET. There with method `provided`. */
  readonly privateKey?: string;
  /** Values of `_acme-challenge` given by hand; at most two. */
  readonly acmeChallenges: readonly string[];
}

/** Backups to an S3-compatible bucket. */
export interface BackupsConfig {
  /** Host name of the storage. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Folder in the bucket; the mail domain where absent. */
  readonly prefix?: string;
  /** Asked of the storage where absent. */
  readonly region?: string;
  /** SECRET. */
  readonly accessKeyId: string;
  /** SECRET. */
  readonly secretAccessKey: string;
  readonly keepDaily: number;
  readonly keepWeekly: number;
  readonly keepMonthly: number;
  /** Hour of the day in UTC, 0 to 23. */
  readonly hour: number;
  /** Capability URL of a watcher. SECRET. */
  readonly pingUrl?: string;
  /** What an empty volume is filled from: `newest`, `none`, or the id of a snapshot. */
  readonly restore: string;
  /** A snapshot of another release may be restored. */
  readonly restoreOtherRelease: boolean;
}

/** What the host does by itself at night. */
export interface UpgradesConfig {
  /** Updates of the distribution that it installs. */
  readonly system: "security" | "off";
  /** Hour of the day in UTC, 0 to 23. */
  readonly hour: number;
  /** It restarts in that hour where updates need it. */
  readonly reboot: boolean;
  /** Newer releases of Forward Email are proposed by mail, or not looked for. */
  readonly releases: "propose" | "off";
}

/** The whole configuration. */
export interface Config {
  /** Mail domain, lower-case ASCII (punycode for an internationalised one). */
  readonly domain: string;
  /** Address of the person responsible: certificates and system messages. */
  readonly contact: string;
  readonly server: ServerConfig;
  readonly dns: DnsConfig;
  readonly mail: MailConfig;
  readonly certificates: CertificatesConfig;
  readonly data: DataConfig;
  readonly upgrades: UpgradesConfig;
  readonly drift: DriftMode;
  /** Who makes account, domain and aliases in Forward Email: the deploy, or a person in the web interface. */
  readonly onboarding: "automatic" | "by-hand";
  readonly mailboxes: readonly MailboxConfig[];
  /** Absent: there are none. */
  readonly backups?: BackupsConfig;
  /** Counts the server's lives; one more replaces it. */
  readonly generation: number;
  /** Identity and required records cannot be deleted by mistake. */
  readonly protect: boolean;
}
