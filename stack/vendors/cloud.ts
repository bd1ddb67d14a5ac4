/**
 * What is known of a cloud that can hold the server, as data. One object a cloud, in its own folder; `registry.ts` lists
 * them, and what is generic asks there. What a cloud cannot is absent, and nobody misses it by the cloud's name.
 */
import type { Distribution } from "../model/plan.ts";
import type { CloudName } from "../model/vendorNames.ts";
import type { Reading } from "../values/reading.ts";
import type { TokenPlace } from "./tokenPlaces.ts";

/** Kinds of things that a stack has at its cloud. */
export const THING_KINDS = ["server", "address", "firewall", "key", "volume"] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** Outputs of a resource in the state. */
export type Outputs = Readonly<Record<string, unknown>>;

/** A kind of things. */
export interface ThingSort {
  /** Type token of the resource. */
  readonly type: string;
  /** One of them, for people. */
  readonly inWords: string;
}

/** What the vendor, or the state, tells of a server. */
export interface DeployedServer {
  readonly name: string;
  readonly location: string;
  readonly image: string;
  readonly serverType: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the vendor, or the state, tells of a volume. */
export interface DeployedVolume {
  readonly id: string;
  readonly sizeGb: number;
}

/** A place or size in the configuration that is doubted. */
export interface PlaceDoubt {
  readonly key: "location" | "type";
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
  readonly source?: string;
}

/** What people need to hear of a cloud. */
export interface CloudAdvice {
  /** What a token opens: `project`. */
  readonly account: string;
  /** How a token is made that is enough. */
  readonly makeToken: string;
  /** Where things are looked at by hand: `Hetzner's console`. */
  readonly console: string;
  /** Where the addresses of an account are listed. */
  readonly addresses: string;
  /** How a server is switched on. */
  readonly switchOn: string;
}

/** A cloud that can hold the server. Its addresses outlive servers, and its things bear labels: Mailstead is built on both. */
export interface Cloud {
  readonly name: CloudName;
  /** As it writes itself. */
  readonly title: string;
  readonly token: TokenPlace;
  readonly things: Readonly<Record<ThingKind, ThingSort>>;
  /** Type tokens of our components around them. */
  readonly components: { readonly addresses: string; readonly host: string };
  /** Type token of what puts a volume on a server; the vendor knows it by the volume's id. */
  readonly attachment: string;
  /** Device on the host that outputs of a volume tell: it has the volume's id in it. */
  readonly volumeIn: (outputs: Outputs) => DeployedVolume | undefined;
  /** It sets reverse names. Absent: the plan has none. */
  readonly reverseNames?: {
    /** Type token of the resource. */
    readonly type: string;
    /** The id by which one is imported. */
    readonly importId: (addressId: string, ip: string) => string;
    /** The name that outputs tell. */
    readonly nameIn: (outputs: Outputs) => string | undefined;
  };
  /** Outgoing ports 25 and 465 are closed until somebody asks. Absent: they are open. */
  readonly mailPorts?: {
    /** When they are opened: `on request, a month and a paid invoice after sign-up`. */
    readonly opened: string;
    /** URL of the form. */
    readonly form: string;
    /** Where the form is found. */
    readonly place: string;
  };
  /** Its name of each distribution's image. */
  readonly images: Readonly<Record<Distribution, string>>;
  readonly readLocation: (text: string) => Reading<string>;
  readonly readServerType: (text: string) => Reading<string>;
  /** What is doubted of a place and a size, as far as they could be read, without asking the vendor. */
  readonly doubtPlace: (location: string, type: string | undefined) => PlaceDoubt | undefined;
  /** The server that outputs tell. */
  readonly serverIn: (outputs: Outputs) => DeployedServer;
  /** The IPv4 address that outputs of an address tell; undefined for IPv6. */
  readonly ipv4In: (outputs: Outputs) => string | undefined;
  /** Inputs of a server that seem to differ where it is gone, by the beginning of their paths. */
  readonly inputsOfLoss: readonly string[];
  readonly advice: CloudAdvice;
}
