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
import type { HetznerCloud, HetznerLimits } from "./hetzner/cloud.ts";
import { seedHetznerZones, servedZone as servedHetznerZone } from "./hetzner/dns/books.ts";
import { hetznerApi, resumeHetzner } from "./hetzner/hetznerApi.ts";
import { emptyHetznerState, hetznerStateSchema } from "./hetzner/state.ts";
import { controlRoutes, openTextForms, type TextForms } from "./serve/control.ts";
import { type FaultBook, openFaultBook } from "./serve/faults.ts";
import { openStore } from "./serve/jsonStore.ts";
import { listen, type Listener, type Shared, type VendorApi } from "./serve/listen.ts";
import { mask, openRequestLog } from "./serve/requestLog.ts";
import { openZoneWriter } from "./serve/zoneWriter.ts";

/** What the cloud needs. */
export interface CloudOptions {
  /** Holds hetzner.json, cloudflare.json, digitalocean.json and requests.jsonl; made where it is missing. */
  readonly folder: string;
  readonly hosts: HostDriver;
  readonly dns: DnsDriver;
  /** Exactly 64 characters, as the vendor's plugin demands. */
  readonly hetznerToken: string;
  /** 40 to 80 letters, digits, `_` or `-`. */
  readonly cloudflareToken: string;
  /** `dop_v1_` and 64 hexadecimal digits. */
  readonly digitaloceanToken: string;
  /** Active zones, by name or with an id. */
  readonly zones: readonly ZoneOption[];
  /** 0 takes a free port. */
  readonly hetznerPort: number;
  readonly cloudflarePort: number;
  readonly digitaloceanPort: number;
  /** Default: 10 servers, 20 addresses, 50 firewalls, 100 keys, 25 zones. */
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
const LIMITS: HetznerLimits = { servers: 10, primaryIps: 20, firewalls: 50, sshKeys: 100, zones: 25 };

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
  for (const zone of cloudflare.store.data.zones) await cloudflare.writer.write(zone);
  for (const domain of digitalocean.store.data.domains) await digitalocean.writer.write(domain);
  await resumeHetzner(hetzner);
  const state = (): unknown =>
    mask({
      hetzner: visible(hetzner),
      cloudflare: cloudflare.store.data,
      digitalocean: digitalocean.store.data,
      faults: faults.list(),
    });
  const control = controlRoutes({ faults, textForms, state });
  const shared = { faults, control, log: openRequestLog(join(options.folder, "requests.jsonl")) };
  const [one, other, third] = await listenAll(
    [
      [hetznerApi(hetzner, options.hetznerToken), options.hetznerPort],
      [cloudflareApi(cloudflare), options.cloudflarePort],
      [digitaloceanApi(digitalocean), options.digitaloceanPort],
    ],
    shared,
  );
  return {
    hetznerUrl: one.url,
    cloudflareUrl: other.url,
    digitaloceanUrl: third.url,
    async close() {
      hetzner.actions.close();
      stopping.abort();
      await Promise.all([one, other, third].map((listener) => listener.close()));
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

function checkTokens(options: CloudOptions): void {
  if (options.hetznerToken.length !== 64) throw new Error("hetznerToken must have exactly 64 characters");
  if (!/^[0-9A-Za-z_-]{40,80}$/.test(options.cloudflareToken)) {
    throw new Error("cloudflareToken must be 40 to 80 letters, digits, _ or -");
  }
  if (!/^dop_v1_[0-9a-f]{64}$/.test(options.digitaloceanToken)) {
    throw new Error("digitaloceanToken must be dop_v1_ and 64 hexadecimal digits");
  }
}

function openHetzner(
  options: CloudOptions,
  faults: FaultBook,
  textForms: TextForms,
  stopping: AbortSignal,
): HetznerCloud {
  const store = openStore(join(options.folder, "hetzner.json"), hetznerStateSchema, emptyHetznerState());
  const nameServers = options.hetznerNameServers ?? HETZNER_NAME_SERVERS;
  seedHetznerZones(store.data, options.hetznerZones ?? [], nameServers);
  store.save();
  return {
    store,
    zones: openZoneWriter(options.dns, (zone) => servedHetznerZone(zone, nameServers)),
    nameServers,
    textForm: () => textForms.hetzner,
    actions: openActions(store),
    hosts: options.hosts,
    dns: options.dns,
    faults,
    limits: { ...LIMITS, ...options.limits },
    bootableImages: options.bootableImages,
    stopping,
  };
}

function openCloudflare(options: CloudOptions, textForms: TextForms): CloudflareCloud {
  const nameServers = options.nameServers ?? ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];
  const store = openStore(join(options.folder, "cloudflare.json"), cloudflareStateSchema, { zones: [] });
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

function openDigitalocean(options: CloudOptions, textForms: TextForms): DigitaloceanCloud {
  const nameServers = options.digitaloceanNameServers ?? DIGITALOCEAN_NAME_SERVERS;
  const file = join(options.folder, "digitalocean.json");
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
