/**
 * The plan: everything Mailstead will declare, as plain data.
 *
 * `components/` turns each row into one resource. Whatever needs a decision is decided here.
 */
import type { RecordData } from "../dns/types/registry.ts";
import type { ImageRole } from "./imageRoles.ts";
import type { CloudName, DnsProviderName } from "./vendorNames.ts";
import type { SlotName, Template } from "../values/slots.ts";

/** How much a record matters: `required` ones survive `pulumi destroy --exclude-protected`. */
export type RecordLevel = "required" | "recommended" | "optional";

interface RecordBase {
  /** Logical name by role, stable for ever: `mx-host`, `apex-spf`. Never type, value or position. */
  readonly role: string;
  /** Lower-case FQDN without a final dot. */
  readonly name: string;
  /** Seconds; `"auto"` leaves it to the provider. */
  readonly ttlSeconds: number | "auto";
  /** One line in plain words, stored as the record's comment. */
  readonly purpose: string;
  readonly level: RecordLevel;
  /** Containers that must run before: they serve what the record promises. */
  readonly after?: readonly string[];
}

/** One DNS record. */
export type PlannedRecord = RecordBase & RecordData<Template>;

/** A reverse name on one of the server's addresses. */
export interface PlannedReverseName {
  readonly role: "reverse-v4" | "reverse-v6";
  readonly family: "ipv4" | "ipv6";
  /** FQDN that the address maps to; its forward record names the address again. */
  readonly ptr: string;
}

/** One inbound rule of the provider's firewall. What no rule allows is dropped. */
export interface FirewallRule {
  readonly purpose: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** Absent for ICMP. */
  readonly port?: number;
  /** CIDR blocks, canonical (no host bits). */
  readonly sources: readonly string[];
  /** Open at the provider; the host itself refuses the port until the mail server knows the domain. */
  readonly waitsForDomain?: true;
}

/** What the next server would have of the mail: all of it, on its volume; what the backups have; or nothing. */
export type NextServerHas = "volume" | "backups" | "nothing";

/** The server as the vendor is asked for it. */
export interface PlannedServer {
  readonly name: string;
  readonly provider: CloudName;
  readonly location: string;
  readonly type: string;
  readonly image: string;
  /** The one thing that replaces the server. */
  readonly generation: number;
  /** It may not be deleted, and no new generation may be made (the part `server` of `protection.ts`). */
  readonly protect: boolean;
  /** Once this one is deleted. */
  readonly nextHas: NextServerHas;
  /** The deploy connects with the first; the host lets all of them in. One, or two while the key is changed. */
  readonly deployKeys: readonly [PlannedDeployKey, ...PlannedDeployKey[]];
  readonly boot: PlannedBoot;
}

/** One SSH key of the deploy's own. */
export interface PlannedDeployKey {
  /** Number in the configuration. */
  readonly number: number;
  /** Logical name by role: `deploy-key` for the first that ever was, then `deploy-key-2`. */
  readonly role: string;
  /** What follows the stack's name in the key's name at the vendor. */
  readonly vendorSuffix: string;
  readonly protect: boolean;
  readonly publicKey: "deployPublicKey" | "otherDeployPublicKey";
}

/** Distributions whose first boot is known. */
export type Distribution = "ubuntu-24.04" | "debian-13";

/** What the first boot needs to know; `cloud-init/` renders it. */
export interface PlannedBoot {
  readonly distribution: Distribution;
  /** Where the zone is kept: certificate orders may write there. */
  readonly dnsProvider: DnsProviderName;
  /** FQDN of the host: the name of the MX, which the reverse names bear too. */
  readonly hostname: string;
  readonly swapMib: number;
  /** `/etc/profile.d/env.sh` of the guide: EMAIL, DOMAIN, AUTH_BASIC_USERNAME. */
  readonly environment: Readonly<Record<string, string>>;
  /** Directories that must exist before anything is bound to them, absolute. */
  readonly directories: readonly { readonly path: string; readonly mode: string }[];
}

/** A file that the deploy writes over SSH. */
export interface PlannedFile {
  /** Logical name by role: `env`, `nginx-conf`, `dkim-key`. */
  readonly role: string;
  /** Absolute path on the host. */
  readonly path: string;
  /** Four octal digits. */
  readonly mode: string;
  /** The text, or the name of a whole file under `cloud-init/files/`. */
  readonly content: Template | { readonly asset: string };
  /** Shell command run on the host after the file changed, such as `systemctl daemon-reload`; holds no secret. */
  readonly afterChange?: string;
}

/** A command that the deploy runs on the host after the files are there. Idempotent. */
export interface PlannedStep {
  readonly role: string;
  /** Holds no secret. */
  readonly command: string;
  /** What it reads from standard input; may hold secrets. A change of it runs the step again. */
  readonly input?: Template;
  /** Another number runs it again: one more where the last run left something to do. */
  readonly run?: number;
  /** Runs again when one of these files changes. */
  readonly files: readonly string[];
  /** Roles of records and steps that must exist before. */
  readonly after: readonly string[];
  readonly timeoutSeconds: number;
}

/** The volume that holds the data. */
export interface PlannedVolume {
  /** Logical name. */
  readonly role: "data-volume";
  readonly sizeGb: number;
}

/** What is done on the host before its server or its volume goes, as far as it answers. */
export interface PlannedRelease {
  readonly role: string;
  /** Holds no secret. */
  readonly command: string;
  readonly timeoutSeconds: number;
  /** Where the host answers and it fails, the server stays: what it would have done is then lost. */
  readonly isNeeded: boolean;
}

/** A container image, pinned by tag and digest. */
export interface PlannedImage {
  readonly role: ImageRole;
  /** `registry/name:tag@sha256:…` */
  readonly reference: string;
}

export interface PlannedMount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

/** Health check with durations in seconds. */
export interface PlannedHealthCheck {
  readonly test: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** A failure within it counts for nothing. */
  readonly startPeriodSeconds: number;
  /** Time between looks within the start period, until the first success. */
  readonly startIntervalSeconds: number;
}

/** Linux capabilities that a container may keep, in the only spelling that the docker plugin reads back unchanged. */
export type Capability =
  | "CAP_CHOWN"
  | "CAP_DAC_OVERRIDE"
  | "CAP_NET_BIND_SERVICE"
  | "CAP_SETGID"
  | "CAP_SETPCAP"
  | "CAP_SETUID";

/** What a container may do. */
export interface PlannedRights {
  /** `UID:GID` in numbers that its first process starts as, whatever user its image names. */
  readonly user: string;
  /** The capabilities it keeps; all others are dropped. */
  readonly capabilities: readonly Capability[];
  /** No process gains rights by starting a program, neither by a set-user-ID bit nor by a file's capabilities. */
  readonly noNewPrivileges: boolean;
}

/** One container of the mail stack. All use the host's network. */
export interface PlannedContainer {
  /** Container name as upstream's compose file has it: `web`, `smtp_bree`. */
  readonly name: string;
  readonly image: PlannedImage["role"];
  readonly command: readonly string[];
  readonly rights: PlannedRights;
  readonly hostname?: string;
  /** Ports it listens on, for firewall, checks and people. */
  readonly ports: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  /** Roles of planned files whose change replaces the container (upstream's `env_file` for Redis, mounts for the rest). */
  readonly reads: readonly string[];
  readonly mounts: readonly PlannedMount[];
  /** Extra hosts: name → IPv4 address. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly healthCheck?: PlannedHealthCheck;
  /** Names of containers that must be healthy (or running, where they have no check) before. */
  readonly startsAfter: readonly string[];
  readonly stopTimeoutSeconds: number;
}

/** A value that is made once and kept in the state, with the slots that it fills. */
export type GeneratedValue =
  | {
      /** Letters and digits; a secret. */
      readonly kind: "password";
      /** Logical name by role: `account-password`. */
      readonly role: string;
      readonly slot: SlotName;
      readonly length: number;
    }
  | {
      /** Hexadecimal digits, two for each byte; no secret. */
      readonly kind: "token";
      readonly role: string;
      readonly slot: SlotName;
      readonly bytes: number;
    }
  | {
      readonly kind: "rsa-key";
      readonly role: string;
      readonly bits: number;
      /** SPKI DER in base64. */
      readonly publicSlot: SlotName;
      /** PKCS #8 DER in base64. */
      readonly privateSlot: SlotName;
    };

/** An address that the deploy makes: with a mailbox, whose password fills the slot, or forwarding. */
export type PlannedMailbox = { readonly name: string; readonly address: string } & (
  | { readonly password: SlotName; readonly forwardTo?: undefined }
  | { readonly forwardTo: readonly string[]; readonly password?: undefined }
);

/** What the deploy makes in Forward Email. */
export interface PlannedOnboarding {
  readonly account: { readonly email: string; readonly password: SlotName };
  readonly mailboxes: readonly PlannedMailbox[];
}

/** The whole plan. */
export interface Plan {
  /** Mail domain, lower-case ASCII. */
  readonly domain: string;
  /** Zone at the DNS provider that holds it. */
  readonly zone: string;
  readonly dnsProvider: DnsProviderName;
  /** `hold`: mail stays where it is. */
  readonly mx: "hold" | "point";
  readonly contact: string;
  /** Keys and addresses may not be deleted (the part `identity` of `protection.ts`). */
  readonly protect: boolean;
  /** Records of level `required` may not be deleted (the part `records`). */
  readonly protectRecords: boolean;
  readonly server: PlannedServer;
  /** Memory that the server needs at least, in MiB. */
  readonly memoryMib: number;
  readonly firewall: readonly FirewallRule[];
  readonly reverseNames: readonly PlannedReverseName[];
  readonly records: readonly PlannedRecord[];
  /** Absent with `data.kind: disk`. */
  readonly volume?: PlannedVolume;
  /** What brings the data to their place, before any other file of the host: files, then steps. */
  readonly firstFiles: readonly PlannedFile[];
  readonly firstSteps: readonly PlannedStep[];
  readonly release?: PlannedRelease;
  readonly files: readonly PlannedFile[];
  readonly steps: readonly PlannedStep[];
  readonly images: readonly PlannedImage[];
  readonly containers: readonly PlannedContainer[];
  /** After every container: what may be done only when the change went well. */
  readonly lastSteps: readonly PlannedStep[];
  /** Values that are made for this configuration, beside those that every server has. */
  readonly generated: readonly GeneratedValue[];
  /** Absent where a person does it. */
  readonly onboarding?: PlannedOnboarding;
  /** Client settings for people, as printed in the outputs. */
  readonly clients: readonly {
    readonly service: "IMAP" | "SMTP" | "POP3";
    readonly host: string;
    readonly port: number;
    readonly security: "TLS";
  }[];
  readonly webAddress: string;
}
