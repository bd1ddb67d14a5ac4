/**
 * What `dns.mx: hold` leaves where it is: all that moves mail to the server, or people's programs.
 *
 * That is the MX; MTA-STS, since a policy binds senders to our host while the MX still names another; and the names and
 * SRV records by which programs find their servers, which lead to where the mailboxes are today.
 */
import type { PlannedRecord } from "../model/plan.ts";
import type { HeldPlace } from "./rules/zoneView.ts";
import { SERVICES } from "../services/table.ts";
import { WEB_LABELS } from "../services/webNames.ts";

/** Ends of the roles of a name's further records. */
const FURTHER = /-(v6|null-mx|closed-spf)$/;

/** Whether programs find their server by this label. */
function isFound(label: string): boolean {
  const isService = SERVICES.some((service) => service.label === label && service.listens?.srv !== undefined);
  return isService || WEB_LABELS.some((web) => web === label);
}

/** Whether a record of ours waits for `dns.mx: point`. */
export function isHeld({ role }: Pick<PlannedRecord, "role">): boolean {
  if (role === "apex-mx" || role === "mta-sts-id" || role.startsWith("srv-")) return true;
  return isFound(role.replace(FURTHER, ""));
}

/** Places of the records that wait. @param records ours, those that wait among them */
export function heldPlaces(records: readonly PlannedRecord[], domain: string): readonly HeldPlace[] {
  const names = new Set(records.filter(isHeld).map(({ name }) => name));
  // A policy of MTA-STS is of where the mail goes, also where we never declare one.
  for (const label of ["_mta-sts", "mta-sts"]) names.add(`${label}.${domain}`);
  return Array.from(names, (name) => (name === domain ? { name, type: "MX" } : { name }));
}

/** Whether a set stands at one of these places. */
export function isAtHeldPlace(
  { name, type }: { readonly name: string; readonly type: string },
  places: readonly HeldPlace[],
): boolean {
  return places.some((place) => place.name === name && (place.type ?? type) === type);
}
