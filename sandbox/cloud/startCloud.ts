/**
 * Starts the vendor APIs over one folder.
 *
 * Everything that an API has answered is on disk before the answer; a new start over the same folder goes on
 * where the old one ended: zones and reverse names are pushed again, machines that should run are switched on.
 */
import { join } from "node:path";
import { type CloudflareCloud, cloudflareApi } from "./cloudflare/cloudflareApi.ts";
import { cloudflareStateSchema } from "./cloudflare/state.ts";
import { servedZone } from "./cloudflare/servedZone.ts";
import { seedZones, type ZoneOption } from "./cloudflare/zones.ts";
import { type DigitaloceanCloud, digitaloceanApi } from "./digitalocean/digitaloceanApi.ts";
import { seedDomains } from "./digitalocean/domains.ts";
import { servedZone as servedDomain } from "./digitalocean/records.ts";
import { digitaloceanStateSchema, emptyDigitaloceanState } from "./digitalocean/state.ts";
import type { DnsDriver, HostDriver } from "./drivers.ts";
import { openActions } from "./hetzner/actions.ts";
import { ADDRESS_POOLS } from "./hetzner/addresses.ts";
import type { HetznerCloud, HetznerLimits } from "./hetzner/cloud.ts";
import { seedHetznerZones, servedZone as servedHetznerZone } from "./hetzner/dns/books.ts";
import { hetznerApi, resumeHetzner } from "./hetzner/hetznerApi.ts";
import { emptyHetznerState, hetznerStateSchema } from "./hetzner/state.ts";
import { controlRoutes, openTextForms, type TextForms } from "./serve/control.ts";
import { type FaultBook, openFaultBook } from "./serve/faults.ts";
import { openStore } from "./serve/jsonStore.ts";
import { listen, type Listener, type Shared, type VendorApi } from "./serve/listen.ts";
import { mask, openRequestLog, type Vendor } from "./serve/requestLog.ts";
import { openZoneWriter } from "./serve/zoneWriter.ts";

/** A customer's tokens, one at each vendor. */
export interface AccountTokens {
  readonly hetzner: string;
  readonly cloudflare: string;
  readonly digitalocean: string;
}

/** What the cloud needs. */
export interface CloudOptions {
  /** Holds the books of each vendor and account, and requests.jsonl; made where it is missing. */
  readonly folder: string;
  readonly hosts: HostDriver;
  readonly dns: DnsDriver;
  /** Exactly 64 characters, as the vendor's plugin demands. */
  readonly hetznerToken: string;
  /** 40 to 80 letters, digits, `_` or `-`. */
  readonly cloudflareToken: string;
  /** `dop_v1_` and 64 hexadecimal digits. */
  readonly digitaloceanToken: string;
  /**
   * Tokens of another customer, who sees nothing of the first one's things and has no zone; `account` is `other` in
   * the request log. Default: there is no other one.
   */
  readonly otherTokens?: AccountTokens;
  /** Active zones, by name or with an id. */
  readonly zones: readonly ZoneOption[];
  /** 0 takes a free port. */
  readonly hetznerPort: number;
  readonly cloudflarePort: number;
  readonly digitaloceanPort: number;
  /** Default: 10 servers, 20 addresses, 50 firewalls, 100 keys, 25 zones, 50 volumes. */
  readonly limits?: Partial<HetznerLimits>;
  /** Images that may be ordered. Default: all in the list; the host driver then fails the action of one that it cannot boot. */
  readonly bootableImages?: readonly string[];
  /** Zones of Hetzner DNS from the start. Default: none. */
  readonly hetznerZones?: readonly string[];
  /** Default: three names as Hetzner gives them. */
  readonly hetznerNameServers?: readonly string[];
  /** Domains of DigitalOcean from the start. Default: none. */
  readonly digitaloceanDomains?: readonly string[];
  /** Default: the three that all its domains have. */
  readonly digitaloceanNameServers?: readonly string[];
  /** Default: two names as Cloudflare gives them. */
  readonly nameServers?: readonly string[];
}

/** The running cloud. */
export interface Cloud {
  /** `http://127.0.0.1:8101/v1` is the endpoint that the plugin wants; this is without `/v1`. */
  readonly hetznerUrl: string;
  /** Without `/client/v4`. */
  readonly cloudflareUrl: string;
  /** Without `/v2`, as the plugin wants it. */
  readonly digitaloceanUrl: string;
  /** Stops all listeners. Work of drivers still under way is taken up at the next start. */
  close(): Promise<void>;
}

/** As the document has them in its examples. */
const HETZNER_NAME_SERVERS = ["hydrogen.ns.hetzner.com", "oxygen.ns.hetzner.com", "helium.ns.hetzner.de"];
const DIGITALOCEAN_NAME_SERVERS = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
const LIMITS: HetznerLimits = {
  ...{ servers: 10, primaryIps: 20, firewalls: 50, sshKeys: 100, zones: 25, volumes: 50 },
};

/**
 * Starts the APIs; resolves when all answer and the name server has all names.
 * @throws Error when a token has the wrong form, a file cannot be read, a port is taken or a driver fails.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  checkTokens(options);
  const faults = openFaultBook();
  const stopping = new AbortController();
  const textForms = openTextForms();
  const hetzner = openHetzner(options, faults, textForms, stopping.signal);
  const cloudflare = openCloudflare(options, textForms);
  const digitalocean = openDigitalocean(options, textForms);
  const other = openOther(options, faults, textForms, stopping.signal);
  for (const zone of cloudflare.store.data.zones) await cloudflare.writer.write(zone);
  for (const domain of digitalocean.store.data.domains) await digitalocean.writer.write(domain);
  await resumeHetzner(hetzner);
  if (other !== undefined) await resumeHetzner(other.hetzner);
  const state = (): unknown =>
    mask({
      hetzner: visible(hetzner),
      cloudflare: cloudflare.store.data,
      digitalocean: digitalocean.store.data,
      ...(other === undefined ? {} : { otherHetzner: visible(other.hetzner) }),
      faults: faults.list(),
    });
  const control = controlRoutes({ faults, textForms, state });
  const shared = { faults, control, log: openRequestLog(join(options.folder, "requests.jsonl")) };
  const listening = await listenAll(
    [
      [{ ...hetznerApi(hetzner, options.hetznerToken), ...other?.apis.hetzner }, options.hetznerPort],
      [{ ...cloudflareApi(cloudflare), ...other?.apis.cloudflare }, options.cloudflarePort],
      [{ ...digitaloceanApi(digitalocean), ...other?.apis.digitalocean }, options.digitaloceanPort],
    ],
    shared,
  );
  return {
    hetznerUrl: listening[0].url,
    cloudflareUrl: listening[1].url,
    digitaloceanUrl: listening[2].url,
    async close() {
      hetzner.actions.close();
      other?.hetzner.actions.close();
      stopping.abort();
      await Promise.all(listening.map((listener) => listener.close()));
    },
  };
}

type Listening<T> = { [Index in keyof T]: Listener };

/** Starts them one after another; where one cannot, those before it are stopped. */
async function listenAll<T extends readonly (readonly [VendorApi, number])[]>(
  apis: readonly [...T],
  shared: Shared,
): Promise<Listening<T>> {
  const listeners: Listener[] = [];
  for (const [api, port] of apis) {
    try {
      listeners.push(await listen(api, shared, port));
    } catch (cause) {
      await Promise.all(listeners.map((listener) => listener.close()));
      throw cause;
    }
  }
  return listeners as Listening<T>;
}

function checkTokens({ hetznerToken, cloudflareToken, digitaloceanToken, otherTokens }: CloudOptions): void {
  const first = { hetzner: hetznerToken, cloudflare: cloudflareToken, digitalocean: digitaloceanToken };
  for (const tokens of otherTokens === undefined ? [first] : [first, otherTokens]) {
    if (tokens.hetzner.length !== 64) throw new Error("hetznerToken must have exactly 64 characters");
    if (!/^[0-9A-Za-z_-]{40,80}$/.test(tokens.cloudflare)) {
      throw new Error("cloudflareToken must be 40 to 80 letters, digits, _ or -");
    }
    if (!/^dop_v1_[0-9a-f]{64}$/.test(tokens.digitalocean)) {
      throw new Error("digitaloceanToken must be dop_v1_ and 64 hexadecimal digits");
    }
  }
}

interface OtherAccount {
  readonly hetzner: HetznerCloud;
  readonly apis: Readonly<Record<Vendor, Pick<VendorApi, "further">>>;
}

/** The other customer's books and routes, where there is one. The zones are the first one's, whom they belong to. */
function openOther(
  { otherTokens: tokens, ...options }: CloudOptions,
  faults: FaultBook,
  textForms: TextForms,
  stopping: AbortSignal,
): OtherAccount | undefined {
  if (tokens === undefined) return undefined;
  const noZones = { zones: [], hetznerZones: [], digitaloceanDomains: [] };
  const own: CloudOptions = {
    ...options,
    ...noZones,
    cloudflareToken: tokens.cloudflare,
    digitaloceanToken: tokens.digitalocean,
    limits: { ...options.limits, zones: 0 },
  };
  const hetzner = openHetzner(own, faults, textForms, stopping, 1);
  const further = (token: string, { routes }: VendorApi) => ({ further: [{ name: "other", token, routes }] });
  return {
    hetzner,
    apis: {
      hetzner: further(tokens.hetzner, hetznerApi(hetzner, tokens.hetzner)),
      cloudflare: further(tokens.cloudflare, cloudflareApi(openCloudflare(own, textForms, 1))),
      digitalocean: further(tokens.digitalocean, digitaloceanApi(openDigitalocean(own, textForms, 1))),
    },
  };
}

/** File of a vendor's books: those of each account are apart. */
function booksFile({ folder }: CloudOptions, vendor: Vendor, account: 0 | 1): string {
  return join(folder, `${vendor}${account === 0 ? "" : "-other"}.json`);
}

function openHetzner(
  options: CloudOptions,
  faults: FaultBook,
  textForms: TextForms,
  stopping: AbortSignal,
  account: 0 | 1 = 0,
): HetznerCloud {
  const file = booksFile(options, "hetzner", account);
  const empty = emptyHetznerState(account);
  const store = openStore(file, hetznerStateSchema, empty);
  // Books of an earlier version have no numbers for what came later.
  store.data.nextId = { ...empty.nextId, ...store.data.nextId };
  const nameServers = options.hetznerNameServers ?? HETZNER_NAME_SERVERS;
  seedHetznerZones(store.data, options.hetznerZones ?? [], nameServers);
  store.save();
  return {
    store,
    zones: openZoneWriter(options.dns, (zone) => servedHetznerZone(zone, nameServers)),
    nameServers,
    textForm: () => textForms.hetzner,
    actions: openActions(store),
    pool: ADDRESS_POOLS[account],
    hosts: options.hosts,
    dns: options.dns,
    faults,
    limits: { ...LIMITS, ...options.limits },
    bootableImages: options.bootableImages,
    stopping,
  };
}

function openCloudflare(options: CloudOptions, textForms: TextForms, account: 0 | 1 = 0): CloudflareCloud {
  const nameServers = options.nameServers ?? ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];
  const store = openStore(booksFile(options, "cloudflare", account), cloudflareStateSchema, { zones: [] });
  seedZones(store.data, options.zones);
  store.save();
  return {
    store,
    writer: openZoneWriter(options.dns, (zone) => servedZone(zone, nameServers)),
    token: options.cloudflareToken,
    nameServers,
    textForm: () => textForms.cloudflare,
  };
}

function openDigitalocean(
  options: CloudOptions,
  textForms: TextForms,
  account: 0 | 1 = 0,
): DigitaloceanCloud {
  const nameServers = options.digitaloceanNameServers ?? DIGITALOCEAN_NAME_SERVERS;
  const file = booksFile(options, "digitalocean", account);
  const store = openStore(file, digitaloceanStateSchema, emptyDigitaloceanState());
  seedDomains(store.data, options.digitaloceanDomains ?? [], nameServers);
  store.save();
  return {
    store,
    writer: openZoneWriter(options.dns, (domain) => servedDomain(domain, nameServers)),
    token: options.digitaloceanToken,
    nameServers,
    textForm: () => textForms.digitalocean,
  };
}

/** The books without user-data. */
function visible(hetzner: HetznerCloud): unknown {
  const { servers, ...rest } = hetzner.store.data;
  return { ...rest, servers: servers.map((server) => ({ ...server, userData: undefined })) };
}
