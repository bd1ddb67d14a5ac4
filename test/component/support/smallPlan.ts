/** A plan of every kind of row, small enough to read. */
import type { Plan, PlannedServer } from "../../../stack/model/plan.ts";
import { slot, template } from "../../../stack/values/slots.ts";

const SERVER: PlannedServer = {
  name: "mx.example.com",
  provider: "hetzner",
  location: "nbg1",
  type: "cx23",
  image: "debian-13",
  generation: 3,
  protect: true,
  nextHas: "nothing",
  deployKeys: [
    { number: 1, role: "deploy-key", vendorSuffix: "", protect: true, publicKey: "deployPublicKey" },
  ],
  boot: {
    distribution: "debian-13",
    dnsProvider: "cloudflare",
    hostname: "mx.example.com",
    swapMib: 2048,
    environment: { EMAIL: "me@example.net", DOMAIN: "example.com", AUTH_BASIC_USERNAME: "admin" },
    directories: [{ path: "/srv/it's/data", mode: "0700" }],
  },
};

/** Every record type once. */
const RECORDS: Plan["records"] = [
  {
    role: "mx-host",
    type: "A",
    address: template`${slot("serverIpv4")}`,
    ...row("mx.example.com", "required"),
  },
  {
    role: "mx-host-v6",
    type: "AAAA",
    address: template`${slot("serverIpv6")}`,
    ...row("mx.example.com", "required"),
  },
  { role: "apex-mx", type: "MX", priority: 0, exchange: "mx.example.com", ...row("example.com", "required") },
  { role: "apex-spf", type: "TXT", text: ["v=spf1 a -all"], ...row("example.com", "required") },
  {
    role: "dkim-default",
    type: "TXT",
    text: template`v=DKIM1; k=rsa; p=${slot("dkimPublicKey")};`,
    ...row("default._domainkey.example.com", "required"),
  },
  { role: "imap", type: "CNAME", target: "example.com", ...row("imap.example.com", "recommended") },
  {
    role: "srv-imaps",
    type: "SRV",
    priority: 0,
    weight: 1,
    port: 993,
    target: "imap.example.com",
    ...row("_imaps._tcp.example.com", "optional"),
  },
  {
    role: "apex-caa",
    type: "CAA",
    flags: 0,
    tag: "issue",
    value: "letsencrypt.org",
    ...row("example.com", "optional"),
    ttlSeconds: 3600,
  },
  { role: "sub-ns", type: "NS", target: "ns.example.net", ...row("sub.example.com", "optional") },
];

function row(name: string, level: "required" | "recommended" | "optional") {
  return { name, level, ttlSeconds: "auto", purpose: `what ${name} is for` } as const;
}

/** The plan; give what differs. */
export function smallPlan(differs: Partial<Plan> = {}): Plan {
  return {
    domain: "example.com",
    zone: "example.com",
    dnsProvider: "cloudflare",
    mx: "point",
    memoryMib: 2048,
    contact: "me@example.net",
    protect: true,
    protectRecords: true,
    server: SERVER,
    firewall: [
      { purpose: "SSH", protocol: "tcp", port: 22, sources: ["198.51.100.0/24"] },
      { purpose: "ping", protocol: "icmp", sources: ["0.0.0.0/0", "::/0"] },
    ],
    reverseNames: [
      { role: "reverse-v4", family: "ipv4", ptr: "mx.example.com" },
      { role: "reverse-v6", family: "ipv6", ptr: "mx.example.com" },
    ],
    records: RECORDS,
    firstFiles: [],
    firstSteps: [],
    files: [
      {
        role: "env",
        path: "/srv/it's/.env",
        mode: "0600",
        content: template`KEY=${slot("helperEncryptionKey")}\n`,
      },
      { role: "nginx-conf", path: "/srv/nginx.conf", mode: "0644", content: ["events {}\n"] },
      {
        role: "certificate-script",
        path: "/usr/local/lib/mailstead/certificate.sh",
        mode: "0755",
        content: { asset: "certificate.sh" },
        afterChange: "systemctl daemon-reload",
      },
    ],
    steps: [
      {
        role: "certificate",
        command: "certificate.sh issue 'now'",
        files: ["certificate-script"],
        after: ["mx-host"],
        timeoutSeconds: 900,
      },
      { role: "timer", command: "systemctl enable x", files: [], after: ["certificate"], timeoutSeconds: 30 },
    ],
    generated: [],
    lastSteps: [
      { role: "old-images", command: "docker image rm old", files: [], after: [], timeoutSeconds: 60 },
    ],
    images: [
      { role: "app", reference: "ghcr.io/a/b:1@sha256:aa" },
      { role: "redis", reference: "docker.io/library/redis:8@sha256:bb" },
    ],
    containers: [
      {
        name: "redis",
        image: "redis",
        command: ["redis-server", "--bind", "127.0.0.1"],
        rights: { user: "0:0", capabilities: ["CAP_SETGID", "CAP_SETUID"], noNewPrivileges: true },
        ports: [6379],
        environment: {},
        reads: [],
        mounts: [{ hostPath: "/srv/redis-data", containerPath: "/data", readOnly: false }],
        hosts: {},
        startsAfter: [],
        stopTimeoutSeconds: 30,
      },
      {
        name: "smtp_bree",
        image: "app",
        command: ["node", "smtp-bree.js"],
        rights: { user: "7:8", capabilities: [], noNewPrivileges: true },
        hostname: "smtp.example.com",
        ports: [],
        environment: { NODE_ENV: "production" },
        reads: ["env"],
        mounts: [{ hostPath: "/srv/it's/.env", containerPath: "/app/.env", readOnly: true }],
        hosts: { "smtp.example.com": "127.0.0.1" },
        healthCheck: {
          test: ["CMD", "true"],
          intervalSeconds: 10,
          timeoutSeconds: 5,
          retries: 12,
          startPeriodSeconds: 90,
          startIntervalSeconds: 2,
        },
        startsAfter: ["redis"],
        stopTimeoutSeconds: 10,
      },
    ],
    clients: [{ service: "IMAP", host: "imap.example.com", port: 993, security: "TLS" }],
    webAddress: "https://example.com",
    ...differs,
  };
}
