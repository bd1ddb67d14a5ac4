/**
 * Slots: values that are known only after resources exist.
 *
 * The plan names them, so the set, names and order of resources follow from the configuration alone;
 * `components/bind.ts` is the one place where a slot meets an Output.
 */

/** Every slot that there is once, with what fills it. A slot marked secret never appears in plain. */
export const SLOTS = {
  serverIpv4: { secret: false, meaning: "public IPv4 address of the server" },
  serverIpv6: { secret: false, meaning: "public IPv6 address of the server (base of its /64, plus 1)" },
  liveIpv4: { secret: false, meaning: "public IPv4 address of the live server, in a drill" },
  liveIpv6: { secret: false, meaning: "public IPv6 address of the live server, in a drill" },
  dataDevice: { secret: false, meaning: "device of the data volume on the host, `/dev/disk/by-id/…`" },
  dkimPublicKey: { secret: false, meaning: "DKIM `p=` value: SPKI DER in base64, one line" },
  hostPublicKey: { secret: false, meaning: "SSH host key, public half, `ssh-ed25519 AAAA…`" },
  deployPublicKey: { secret: false, meaning: "SSH key that the deploy connects with, public half" },
  otherDeployPublicKey: {
    secret: false,
    meaning: "SSH key that the deploy is changing to or from, public half",
  },
  hostPrivateKey: { secret: true, meaning: "SSH host key, OpenSSH private key text" },
  dkimPrivateKey: { secret: true, meaning: "DKIM key of selector `default`, PEM" },
  dnsApiToken: { secret: true, meaning: "token of the DNS provider, for certbot on the host" },
  providedCertificate: { secret: false, meaning: "certificate chain given in the configuration, PEM" },
  providedPrivateKey: { secret: true, meaning: "private key given in the configuration, PEM" },
  helperEncryptionKey: { secret: true, meaning: "HELPER_ENCRYPTION_KEY, 32 characters" },
  txtEncryptionKey: { secret: true, meaning: "TXT_ENCRYPTION_KEY, 32 hexadecimal digits" },
  srsSecret: { secret: true, meaning: "SRS_SECRET, 32 characters" },
  webhookSignatureKey: { secret: true, meaning: "WEBHOOK_SIGNATURE_KEY, 32 hexadecimal digits" },
  apiSecret: { secret: true, meaning: "first of API_SECRETS, 64 hexadecimal digits" },
  smtpTransportPassword: { secret: true, meaning: "SMTP_TRANSPORT_PASS, 32 characters" },
  authBasicPassword: { secret: true, meaning: "AUTH_BASIC_PASSWORD, 24 characters" },
  helperKeyDigest: {
    secret: false,
    meaning: "SHA-256 of HELPER_ENCRYPTION_KEY, 64 hexadecimal digits",
  },
  siteVerification: { secret: false, meaning: "verification token of the domain, 20 hexadecimal digits" },
  domainDkimPublicKey: { secret: false, meaning: "DKIM `p=` value of the domain's own key" },
  domainDkimPrivateKey: {
    secret: true,
    meaning: "the domain's own DKIM key, PKCS #8 DER in base64, one line",
  },
  stackName: { secret: false, meaning: "name of the stack" },
  backupPassword: { secret: true, meaning: "password of the backups' repository, 40 characters" },
  backupAccessKeyId: { secret: true, meaning: "first half of the access key of the backups' bucket" },
  backupSecretAccessKey: { secret: true, meaning: "second half of the access key of the backups' bucket" },
  backupPingUrl: { secret: true, meaning: "address of the watcher that is called after each backup" },
  accountPassword: { secret: true, meaning: "password of the web interface's first account, 24 characters" },
} as const satisfies Record<string, SlotKind>;

/** Slots of which there is one for each entry of a list: their names are the family's, a dot, and the entry's. */
const SLOT_FAMILIES = {
  mailboxPassword: { secret: true, meaning: "password of the mailbox" },
} as const satisfies Record<string, SlotKind>;

/** What is known of a slot. */
interface SlotKind {
  readonly secret: boolean;
  readonly meaning: string;
}

type FamilyName = keyof typeof SLOT_FAMILIES;

/** Name of a slot: `siteVerification`, `mailboxPassword.you`. */
export type SlotName = keyof typeof SLOTS | `${FamilyName}.${string}`;

/** The slot of one entry of a list. */
export function slotOf(family: FamilyName, entry: string): SlotName {
  return `${family}.${entry}`;
}

/** What fills a slot, and whether it is a secret. */
export function slotKind(name: SlotName): SlotKind {
  if (Object.hasOwn(SLOTS, name)) return SLOTS[name as keyof typeof SLOTS];
  const [family = "", ...entry] = name.split(".");
  const { secret, meaning } = SLOT_FAMILIES[family as FamilyName];
  return { secret, meaning: `${meaning} ${entry.join(".")}` };
}

/** A place for a late value. */
export interface Slot {
  readonly slot: SlotName;
}

/** Text with slots in it: the pieces in order. */
export type Template = readonly (string | Slot)[];

/** Builds a template: ``template`v=DKIM1; k=rsa; p=${slot("dkimPublicKey")};` ``. */
export function template(strings: TemplateStringsArray, ...values: readonly (string | Slot)[]): Template {
  return strings.flatMap((text, index) => {
    const value = values[index];
    return value === undefined ? [text] : [text, value];
  });
}

/** Names one slot. */
export function slot(name: SlotName): Slot {
  return { slot: name };
}

/** Fills every slot of a template with the function given. */
export function fill(text: Template, value: (name: SlotName) => string): string {
  return text.map((piece) => (typeof piece === "string" ? piece : value(piece.slot))).join("");
}

/** Slots that a template names, each once, in order of appearance. */
export function findSlots(text: Template): SlotName[] {
  return [...new Set(text.flatMap((piece) => (typeof piece === "string" ? [] : [piece.slot])))];
}

/** Whether a template holds a secret. */
export function isSecret(text: Template): boolean {
  return findSlots(text).some((name) => slotKind(name).secret);
}
