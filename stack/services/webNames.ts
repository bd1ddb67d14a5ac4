/** Names on the web that are there when they are switched on. */
import type { RecordLevel } from "../model/plan.ts";
import type { ServiceName } from "./table.ts";

interface WebNameRow {
  /** Container that answers by the name. */
  readonly servedBy: ServiceName;
  /** Purpose and level of its record. */
  readonly purpose: string;
  readonly level: RecordLevel;
  /** Programs ask for an SRV record of it too. */
  readonly srv?: true;
}

const ROWS = {
  "mta-sts": {
    servedBy: "well-known",
    purpose: "Where senders fetch the MTA-STS policy",
    level: "recommended",
  },
  autoconfig: {
    servedBy: "well-known",
    purpose: "Settings for Thunderbird and its like",
    level: "optional",
  },
  autodiscover: { servedBy: "web", purpose: "Settings for Outlook", level: "optional", srv: true },
} as const satisfies Readonly<Record<string, WebNameRow>>;

/** Label of a web name; the router knows it by this. */
export type WebName = keyof typeof ROWS;

/** Labels of the web names that a container serves. */
export type WebNameOf<Name extends ServiceName> = {
  [Label in WebName]: (typeof ROWS)[Label]["servedBy"] extends Name ? Label : never;
}[WebName];

/** What is known of each. */
export const WEB_NAMES: Readonly<Record<WebName, WebNameRow>> = ROWS;

/** Every label. */
export const WEB_LABELS = Object.keys(WEB_NAMES) as readonly WebName[];

/** What switches them on. */
export interface WebSwitches {
  readonly mtaSts: { readonly mode: string };
  readonly autoconfig: boolean;
  readonly autodiscover: boolean;
}

/** Labels of the web names that are switched on. */
export function webNames({ mtaSts, autoconfig, autodiscover }: WebSwitches): readonly WebName[] {
  const on = { "mta-sts": mtaSts.mode !== "off", autoconfig, autodiscover };
  return WEB_LABELS.filter((label) => on[label]);
}
