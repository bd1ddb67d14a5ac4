/** What Hetzner's side remembers: `hetzner.json`. */
import { z } from "zod";
import { RRSET_TYPES } from "./dns/recordValue.ts";

const labels = z.record(z.string(), z.string());

const sshKey = z.object({
  id: z.int(),
  name: z.string(),
  publicKey: z.string(),
  fingerprint: z.string(),
  labels,
  created: z.string(),
});

const primaryIp = z.object({
  id: z.int(),
  name: z.string(),
  type: z.enum(["ipv4", "ipv6"]),
  /** IPv4 address, or base of the /64 with its final `::`. */
  address: z.string(),
  location: z.string(),
  autoDelete: z.boolean(),
  protected: z.boolean(),
  assignee: z.int().nullable(),
  /** Reverse names by address; without an entry IPv4 has the default name and IPv6 none. */
  reverse: z.record(z.string(), z.string()),
  labels,
  created: z.string(),
});

const rule = z.object({
  direction: z.enum(["in", "out"]),
  protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
  port: z.string().nullable(),
  source_ips: z.array(z.string()),
  destination_ips: z.array(z.string()),
  description: z.string().nullable(),
});

const firewall = z.object({
  id: z.int(),
  name: z.string(),
  rules: z.array(rule),
  servers: z.array(z.int()),
  labels,
  created: z.string(),
});

const server = z.object({
  id: z.int(),
  name: z.string(),
  status: z.enum(["initializing", "starting", "running", "stopping", "off", "deleting"]),
  type: z.string(),
  imageId: z.int(),
  location: z.string(),
  diskGb: z.int(),
  ipv4: z.int().nullable(),
  ipv6: z.int().nullable(),
  protected: z.boolean(),
  /** Only until the machine is made: it may carry a private key. */
  userData: z.string().optional(),
  /** Off only when `start_after_create` was false. */
  startAfterCreate: z.boolean(),
  labels,
  created: z.string(),
});

const volume = z.object({
  id: z.int(),
  name: z.string(),
  sizeGb: z.int(),
  location: z.string(),
  /** File system made when it was ordered. */
  format: z.enum(["xfs", "ext4"]).nullable(),
  status: z.enum(["creating", "available"]),
  /** Number of the server it is attached to, also while that is under way. */
  server: z.int().nullable(),
  protected: z.boolean(),
  labels,
  created: z.string(),
});

const rrset = z.object({
  /** Relative to the zone, `@` for the apex. */
  name: z.string(),
  type: z.enum(RRSET_TYPES),
  /** Seconds; null is the zone's. */
  ttl: z.int().nullable(),
  protected: z.boolean(),
  /** Values as they were sent. */
  records: z.array(z.object({ value: z.string(), comment: z.string().optional() })),
  labels,
});

const zone = z.object({
  id: z.int(),
  name: z.string(),
  ttl: z.int(),
  protected: z.boolean(),
  /** With the zone's own SOA and NS. */
  rrsets: z.array(rrset),
  labels,
  created: z.string(),
});

const action = z.object({
  id: z.int(),
  command: z.string(),
  status: z.enum(["running", "success", "error"]),
  progress: z.int(),
  started: z.string(),
  finished: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  resources: z.array(z.object({ id: z.int(), type: z.string() })),
});

/** Schema of the file. */
export const hetznerStateSchema = z.object({
  nextId: z.record(z.string(), z.int()),
  /** Released addresses, the longest free first; given again only when no fresh one is left. */
  released: z.array(z.string()),
  /** Fresh addresses given so far, by family. */
  handedOut: z.object({ ipv4: z.int(), ipv6: z.int() }),
  sshKeys: z.array(sshKey),
  primaryIps: z.array(primaryIp),
  firewalls: z.array(firewall),
  servers: z.array(server),
  volumes: z.array(volume).default([]),
  zones: z.array(zone).default([]),
  actions: z.array(action),
});

export type HetznerState = z.infer<typeof hetznerStateSchema>;
export type SshKey = z.infer<typeof sshKey>;
export type PrimaryIp = z.infer<typeof primaryIp>;
export type FirewallRule = z.infer<typeof rule>;
export type Firewall = z.infer<typeof firewall>;
export type CloudServer = z.infer<typeof server>;
export type Volume = z.infer<typeof volume>;
export type Rrset = z.infer<typeof rrset>;
export type Zone = z.infer<typeof zone>;
export type Action = z.infer<typeof action>;

/** First number of each kind: apart, so that a mixed-up id is not found instead of wrong. */
const FIRST_IDS = {
  sshKeys: 2001,
  primaryIps: 3001,
  servers: 4001,
  firewalls: 5001,
  zones: 6001,
  volumes: 7001,
  actions: 500001,
};

/**
 * Nothing made yet.
 *
 * @param project counts from 0. Numbers are the vendor's, so no two projects have the same one.
 */
export function emptyHetznerState(project = 0): HetznerState {
  const ids = Object.entries(FIRST_IDS).map(([kind, first]) => [kind, first + project * 1_000_000]);
  return {
    nextId: Object.fromEntries(ids) as Record<string, number>,
    released: [],
    handedOut: { ipv4: 0, ipv6: 0 },
    sshKeys: [],
    primaryIps: [],
    firewalls: [],
    servers: [],
    volumes: [],
    zones: [],
    actions: [],
  };
}
