/**
 * What is known of a cloud that can hold the server, as data. One object a cloud, in its own folder; `registry.ts` lists
 * them, and what is generic asks there.
 */
import type { CloudName } from "../model/vendorNames.ts";
import type { TokenPlace } from "./tokenPlaces.ts";

export interface Cloud {
  readonly name: CloudName;
  /** As it writes itself. */
  readonly title: string;
  readonly token: TokenPlace;
}
