/** How an account at a cloud is asked over the vendor's REST API. */
import type { AccountAddress } from "../../stack/guards/account.ts";
import type { PlannedServer } from "../../stack/model/plan.ts";
import type { ThingKind } from "../../stack/vendors/cloud.ts";
import type { Finding } from "../model/finding.ts";

/** A thing at a cloud. */
export interface CloudThing {
  readonly id: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of servers: it is switched off. */
  readonly isOff?: boolean;
  /** Of volumes: id of the server that it is on. */
  readonly serverId?: string;
}

/** An address at a cloud. */
export interface CloudAddress extends AccountAddress {
  /** The one address of it that a server gets, in canonical text. */
  readonly hostIp: string;
  /** That one has a reverse name. */
  readonly hasReverseName: boolean;
}

/** Things with a stack's label, by kind. */
export type CloudThings = Readonly<Record<Exclude<ThingKind, "address">, readonly CloudThing[]>> & {
  readonly address: readonly CloudAddress[];
};

/** Something that costs as long as it is there, used or not. */
export interface Cost {
  readonly kind: ThingKind;
  readonly id: string;
  /** Such as `address 203.0.113.10`. */
  readonly what: string;
  readonly price: string;
}

/** A size of server, as the vendor describes it. What it does not say is absent. */
export interface ServerSize {
  /** Vendor's name: `cx23`. */
  readonly name: string;
  /** Kind of its processor, as images of containers name it. */
  readonly architecture?: "amd64" | "arm64";
  readonly cpus?: number;
  readonly memoryMib?: number;
  /** What it costs, for people, by each location where it can be ordered. */
  readonly prices: Readonly<Record<string, string>>;
}

/** What a cloud has on offer. */
export interface CloudOffer {
  /** Places, each with words for people such as `Nuremberg`. */
  readonly locations: readonly { readonly name: string; readonly title: string }[];
  /** Sizes, in the vendor's order. */
  readonly sizes: readonly ServerSize[];
}

/** An account. All throw `VendorError` where the vendor refuses or does not answer. What a cloud cannot is absent. */
export interface CloudAccount {
  /** Every address. */
  addresses(): Promise<readonly AccountAddress[]>;
  /** Addresses with the label of a stack. */
  stackAddresses(stack: string): Promise<readonly CloudAddress[]>;
  /** What bears the label of a stack. */
  things(stack: string): Promise<CloudThings>;
  /** What can be ordered at a moment. */
  offer?(now: Date): Promise<CloudOffer>;
  /** Whether a planned server can be ordered: one finding for each word of the vendor's, with where it is set. */
  checkOffer?(wanted: Pick<PlannedServer, "location" | "type" | "image">, now: Date): Promise<Finding[]>;
  /** What a stack costs, servers first. */
  costs?(stack: string): Promise<readonly Cost[]>;
  /** Deletes a thing; the vendor goes on with it after it answered. */
  remove(kind: ThingKind, id: string): Promise<void>;
}

/** Opens the account that a token is of. Asks nothing yet. */
export type OpenAccount = (token: string) => CloudAccount;
