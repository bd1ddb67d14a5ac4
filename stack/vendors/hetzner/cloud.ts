/** Hetzner, as the cloud of the server. */
import { nearest } from "../../values/nearest.ts";
import type { Reading } from "../../values/reading.ts";
import { bad, good } from "../../values/reading.ts";
import type { Cloud, PlaceDoubt } from "../cloud.ts";
import { HETZNER_TOKEN, MAKE_HETZNER_TOKEN } from "./dnsProvider.ts";

const LOCATIONS = ["fsn1", "nbg1", "hel1", "ash", "hil", "sin"];
const OUTSIDE_EUROPE = ["ash", "hil", "sin"];
const EUROPE_ONLY = /^(cx|cax)\d/;

/** The older name of a data centre is refused with the location named. */
function readLocation(text: string): Reading<string> {
  const dataCentre = /^([a-z]{3}\d?)-dc\d+$/.exec(text);
  if (dataCentre?.[1] !== undefined) {
    return bad(
      "datacenter-not-location",
      "this is a data centre, which the vendor no longer takes",
      `set ${dataCentre[1]}`,
      "docs.hetzner.cloud/changelog",
    );
  }
  return /^[a-z]{3}\d?$/.test(text)
    ? good(text)
    : bad("not-a-location", "this is not a name of a location", "set a location such as nbg1");
}

function readServerType(text: string): Reading<string> {
  return /^[a-z]{2,5}\d{1,3}[a-z]?$/.test(text)
    ? good(text)
    : bad("not-a-server-type", "this is not a name of a server type", "set a type such as cx23");
}

function doubtPlace(location: string, type: string | undefined): PlaceDoubt | undefined {
  if (!LOCATIONS.includes(location)) {
    const meant = nearest(location, LOCATIONS);
    const fix = meant === undefined ? `the known ones are ${LOCATIONS.join(", ")}` : `set ${meant}`;
    return { key: "location", rule: "unknown-location", message: `${location} is not a known location`, fix };
  }
  if (type === undefined || !EUROPE_ONLY.test(type) || !OUTSIDE_EUROPE.includes(location)) return undefined;
  return {
    key: "type",
    rule: "type-not-in-location",
    message: `the type ${type} is offered in Europe only`,
    fix: "set a type such as cpx21, or a location in Europe",
    source: "docs.hetzner.com/cloud/general/locations",
  };
}

function readText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export const hetzner: Cloud = {
  name: "hetzner",
  title: "Hetzner",
  token: HETZNER_TOKEN,
  things: {
    server: { type: "hcloud:index/server:Server", inWords: "server" },
    address: { type: "hcloud:index/primaryIp:PrimaryIp", inWords: "primary ip" },
    firewall: { type: "hcloud:index/firewall:Firewall", inWords: "firewall" },
    key: { type: "hcloud:index/sshKey:SshKey", inWords: "ssh key" },
    volume: { type: "hcloud:index/volume:Volume", inWords: "volume" },
  },
  attachment: "hcloud:index/volumeAttachment:VolumeAttachment",
  volumeIn: ({ linuxDevice, size }) => {
    const id = /^\/dev\/disk\/by-id\/scsi-0HC_Volume_(\d+)$/.exec(readText(linuxDevice))?.[1];
    return id === undefined || typeof size !== "number" ? undefined : { id, sizeGb: size };
  },
  components: { addresses: "mailstead:host:HetznerAddresses", host: "mailstead:host:HetznerHost" },
  reverseNames: {
    type: "hcloud:index/rdns:Rdns",
    importId: (addressId, ip) => `p-${addressId}-${ip}`,
    nameIn: ({ dnsPtr }) => (typeof dnsPtr === "string" ? dnsPtr : undefined),
  },
  mailPorts: {
    opened: "on request, a month and a paid invoice after sign-up",
    form: "https://console.hetzner.com/limits",
    place: "console, Limits",
  },
  images: { "ubuntu-24.04": "ubuntu-24.04", "debian-13": "debian-13" },
  readLocation,
  readServerType,
  doubtPlace,
  serverIn: ({ name, location, image, serverType, labels }) => ({
    name: readText(name),
    location: readText(location),
    image: readText(image),
    serverType: readText(serverType),
    labels: (labels ?? {}) as Readonly<Record<string, string>>,
  }),
  ipv4In: ({ ipAddress }) =>
    typeof ipAddress === "string" && !ipAddress.includes(":") ? ipAddress : undefined,
  // The plugin takes the addresses of a server that is gone for ones to be given to it again.
  inputsOfLoss: ["publicNets"],
  advice: {
    account: "project",
    makeToken: MAKE_HETZNER_TOKEN,
    console: "Hetzner's console",
    addresses: "Hetzner console, Primary IPs",
    switchOn: "switch it on at Hetzner: console, Servers, Power on",
  },
};
