/** One change of each key, over a small configuration: the reference plans both sides and says what differs. */

type Values = Readonly<Record<string, unknown>>;

/** Values by path, before and after; `slot` names a late value that changes instead. */
export interface ChangeExample {
  readonly before?: Values;
  readonly after?: Values;
  readonly slot?: string;
}

const DIGEST = `sha256:${"ab".repeat(32)}`;
const OTHER_DIGEST = `sha256:${"cd".repeat(32)}`;
const SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpM5EeFlqVSXJlBJlIbTfyqCVEwBuPLOYW1xBmPzZ2H";

/** Public halves of two RSA keys, short ones of 1024 bits; they sign nothing. */
const PUBLIC_KEYS = [
  "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDPChoJJycAkR+U5QEV8LAFQWdI3IdqrPcGQQkxFhSwiF7uOWRSJDzTolFcBWmV4E369zu3JQMNqDJbNWczUCcRwSaBdQBnHExhRhrv5slrgew5mbPECmeQHig2ToDi573KHoDpbUiqONr9e+74R/wwjpJGwwvm8oVEppbrH8dg1QIDAQAB",
  "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDAkFcp6FW0AXKh5ixg4u5g8yX8L8PVV7niaGLchKKtga5e+I8NWFqZlnOJ4KbPuvnF4mU1X3iX7bGSNnqGAlNwc3tULzuwhF+miyw/r3Gi9aEOjuP/YL5UaIUXzEu4z9VSVzZLInO6M/yQNckbePY/u8Up9EUJ3D/wSstuFU7JrQIDAQAB",
];

/** The volume that every example has its data on. */
export const VOLUME = { id: "100200300", sizeGb: 20 };

/** What every example starts from. */
export const EXAMPLE_BASE: Values = {
  domain: "example.com",
  email: "ops@example.org",
  "server.location": "nbg1",
  "server.adminNetworks": ["203.0.113.0/24"],
  "mail.release": "v1.0.0",
  "mail.images.app.digest": DIGEST,
  "mail.images.nginx.digest": DIGEST,
  "mail.images.mongo.digest": DIGEST,
  "mail.images.redis.digest": DIGEST,
};

function becomes(path: string, after: unknown, before?: unknown): ChangeExample {
  return { ...(before === undefined ? {} : { before: { [path]: before } }), after: { [path]: after } };
}

/** A key inside the one entry of a list. */
function ofEntry(path: string, entry: Values, change: Values): ChangeExample {
  return { before: { [path]: [entry] }, after: { [path]: [{ ...entry, ...change }] } };
}

const RECORD = { role: "site", type: "TXT", name: "www", text: "hello" };
const DKIM = { selector: "fe-1", publicKey: PUBLIC_KEYS[0] };
const IGNORED = { name: "*.shop", reason: "the shop's" };
const CAA = { enabled: true };
const ACCOUNT = "https://acme-v02.api.letsencrypt.org/acme/acct/1";
const CHALLENGE = "a".repeat(43);
const OTHER_CA = { "certificates.directory": "https://acme.example.net/directory" };
const MTA_STS = { mode: "testing" };
const REPORTS = { "dns.tlsReports": "tls@example.org" };
const BACKUPS = {
  endpoint: "nbg1.your-objectstorage.com",
  bucket: "mail",
  accessKeyId: "EXAMPLEKEY",
  secretAccessKey: "EXAMPLESECRET",
};
const BACKUP_CHANGES = {
  ...{ endpoint: "fsn1.your-objectstorage.com", bucket: "other", prefix: "mail", region: "nbg1" },
  ...{ keepDaily: 14, keepWeekly: 8, keepMonthly: 12, hour: 4 },
  ...{ restore: "none", restoreOtherRelease: true },
};

/** A configuration with every key of the backups. */
export const EVERY_BACKUP_KEY: Values = {
  backups: { ...BACKUPS, pingUrl: "https://watch.example.org/ping/1" },
};

/** By path of the key; an image's by `ROLE`, which stands for the app. */
export const CHANGE_EXAMPLES: Readonly<Record<string, ChangeExample>> = {
  domain: becomes("domain", "example.net"),
  email: becomes("email", "admin@example.org"),
  generation: becomes("generation", 2),
  protect: becomes("protect", false),
  drift: becomes("drift", "error"),
  onboarding: becomes("onboarding", "by-hand"),
  "mailboxes.name": becomes("mailboxes", [{ name: "you" }]),
  "mailboxes.forwardTo": becomes(
    "mailboxes",
    [{ name: "you", forwardTo: ["you@example.org"] }],
    [{ name: "you" }],
  ),
  "mailboxes.password": { slot: "mailboxPassword.you" },
  ...Object.fromEntries(
    Object.entries(BACKUP_CHANGES).map(([key, value]) => [
      `backups.${key}`,
      becomes("backups", { ...BACKUPS, [key]: value }, BACKUPS),
    ]),
  ),
  "backups.accessKeyId": { slot: "backupAccessKeyId" },
  "backups.secretAccessKey": { slot: "backupSecretAccessKey" },
  "backups.pingUrl": { slot: "backupPingUrl" },
  "upgrades.system": becomes("upgrades.system", "off"),
  "upgrades.hour": becomes("upgrades.hour", 2),
  "upgrades.reboot": becomes("upgrades.reboot", false),
  "upgrades.releases": becomes("upgrades.releases", "off"),
  "data.kind": becomes("data.kind", "disk"),
  "data.sizeGb": becomes("data.sizeGb", 40),
  "data.lostVolume": becomes("data.lostVolume", VOLUME.id),
  "server.provider": becomes("server.provider", "hetzner"),
  "server.location": becomes("server.location", "fsn1"),
  "server.type": becomes("server.type", "cx33"),
  "server.image": becomes("server.image", "debian-13"),
  "server.adminNetworks": becomes("server.adminNetworks", ["198.51.100.0/24"]),
  "server.adminKeys": becomes("server.adminKeys", [SSH_KEY]),
  "server.deployKeys": becomes("server.deployKeys", [1, 2]),
  "server.disposable": becomes("server.disposable", true),
  "server.swapMib": becomes("server.swapMib", 4096),
  "server.lostAddress": becomes("server.lostAddress", "203.0.113.10"),
  "dns.provider": { after: { "dns.provider": "digitalocean" } },
  "dns.zone": {
    before: { domain: "mail.example.com" },
    after: { domain: "mail.example.com", "dns.zone": "mail.example.com" },
  },
  "dns.zoneId": becomes("dns.zoneId", "0123456789abcdef0123456789abcdef"),
  "dns.ttlSeconds": becomes("dns.ttlSeconds", 600),
  "dns.mx": becomes("dns.mx", "hold"),
  "dns.mxHost": becomes("dns.mxHost", "alias"),
  "dns.verification": becomes("dns.verification", "Ab12Cd34"),
  "dns.tlsReports": becomes("dns.tlsReports", "tls@example.org"),
  "dns.services": becomes("dns.services", true),
  "dns.autoconfig": becomes("dns.autoconfig", true),
  "dns.autodiscover": becomes("dns.autodiscover", true),
  "dns.heloSpf": becomes("dns.heloSpf", true),
  "dns.nullMx": becomes("dns.nullMx", true),
  "dns.nullMxHosts": becomes("dns.nullMxHosts", ["www.example.com"]),
  "dns.spf.mechanisms": becomes("dns.spf.mechanisms", ["include:_spf.example.net"]),
  "dns.dmarc.policy": becomes("dns.dmarc.policy", "reject"),
  "dns.dmarc.subdomains": becomes("dns.dmarc.subdomains", "reject"),
  "dns.dmarc.nonexistent": becomes("dns.dmarc.nonexistent", "reject"),
  "dns.dmarc.dkimAlignment": becomes("dns.dmarc.dkimAlignment", "strict"),
  "dns.dmarc.spfAlignment": becomes("dns.dmarc.spfAlignment", "strict"),
  "dns.dmarc.rua": becomes("dns.dmarc.rua", "dmarc@example.org"),
  "dns.dkim.selector": ofEntry("dns.dkim", DKIM, { selector: "fe-2" }),
  "dns.dkim.publicKey": ofEntry("dns.dkim", DKIM, { publicKey: PUBLIC_KEYS[1] }),
  "dns.dkim.use": ofEntry("dns.dkim", DKIM, { use: "signing" }),
  "dns.mtaSts.mode": { before: REPORTS, after: { ...REPORTS, "dns.mtaSts": MTA_STS } },
  "dns.mtaSts.maxAgeSeconds": {
    before: { ...REPORTS, "dns.mtaSts": MTA_STS },
    after: { ...REPORTS, "dns.mtaSts": { ...MTA_STS, maxAgeSeconds: 86_400 } },
  },
  "dns.caa.enabled": becomes("dns.caa", CAA),
  "dns.caa.issuer": {
    before: { ...OTHER_CA, "dns.caa": { ...CAA, issuer: "example.net" } },
    after: { ...OTHER_CA, "dns.caa": { ...CAA, issuer: "pki.example.net" } },
  },
  "dns.caa.accountUri": becomes("dns.caa", { ...CAA, accountUri: ACCOUNT }, CAA),
  "dns.caa.report": becomes("dns.caa", { ...CAA, report: "ca@example.org" }, CAA),
  "dns.ignore.name": ofEntry("dns.ignore", IGNORED, { name: "*.blog" }),
  "dns.ignore.types": ofEntry("dns.ignore", IGNORED, { types: ["A"] }),
  "dns.ignore.target": ofEntry("dns.ignore", IGNORED, { target: "192.0.2.*" }),
  "dns.ignore.reason": ofEntry("dns.ignore", IGNORED, { reason: "theirs" }),
  "dns.records.role": ofEntry("dns.records", RECORD, { role: "page" }),
  "dns.records.name": ofEntry("dns.records", RECORD, { name: "blog" }),
  "dns.records.ttlSeconds": ofEntry("dns.records", RECORD, { ttlSeconds: 600 }),
  "dns.records.purpose": ofEntry("dns.records", RECORD, { purpose: "a greeting" }),
  "dns.records.level": ofEntry("dns.records", RECORD, { level: "required" }),
  "mail.release": { after: { "mail.release": "v1.1.0", "mail.images.app.digest": OTHER_DIGEST } },
  "mail.storage": becomes("mail.storage", false),
  "mail.authUser": becomes("mail.authUser", "root"),
  "mail.gate": becomes("mail.gate", "first"),
  "mail.mongoCacheMib": becomes("mail.mongoCacheMib", 1024),
  "mail.images.ROLE.repository": becomes("mail.images.app.repository", "ghcr.io/example/app"),
  "mail.images.ROLE.tag": {
    after: { "mail.images.app.tag": "v1.0.1", "mail.images.app.digest": OTHER_DIGEST },
  },
  "mail.images.ROLE.digest": becomes("mail.images.app.digest", OTHER_DIGEST),
  "certificates.method": becomes("certificates.method", "http-01"),
  "certificates.directory": becomes("certificates.directory", "letsencrypt-staging"),
  "certificates.propagationSeconds": becomes("certificates.propagationSeconds", 60),
  "certificates.certificate": { slot: "providedCertificate" },
  "certificates.privateKey": { slot: "providedPrivateKey" },
  "certificates.acmeChallenges": {
    before: { "certificates.method": "manual" },
    after: { "certificates.method": "manual", "certificates.acmeChallenges": [CHALLENGE] },
  },
};
