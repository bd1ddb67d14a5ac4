/** The zone before anything is made in it, for a preflight. */
import type { Config } from "../../stack/config/config.ts";
import type { Plan } from "../../stack/plan.ts";
import type { SlotName } from "../../stack/slots.ts";
import { alreadyThere, type KnownResource } from "../dns/alreadyThere.ts";
import { auditContext } from "../dns/auditContext.ts";
import { alreadyThereFindings } from "../dns/waysOut.ts";
import type { Finding } from "../finding.ts";
import { VendorError } from "../http.ts";
import type { ZoneReader } from "../providers/zoneReader.ts";

/** What a preflight knows of the stack. */
export interface ZoneBefore {
  readonly config: Config;
  readonly plan: Pick<Plan, "records">;
  readonly state: readonly KnownResource[];
  readonly slotValue: (name: SlotName) => string | undefined;
  /** Import ids of records that are told of elsewhere, as left behind by a broken run. */
  readonly told: ReadonlySet<string>;
}

/** Findings; none where the provider does not answer, which the look at its token says. */
export async function checkZoneBefore(
  reader: Pick<ZoneReader, "records">,
  { config, plan, state, slotValue, told }: ZoneBefore,
): Promise<Finding[]> {
  try {
    const context = { ...auditContext(config), provider: config.dns.provider };
    const zone = await reader.records();
    const { records } = plan;
    const found = alreadyThere({ records, zone, state, context, slotValue, ignore: config.dns.ignore });
    const adoptions = found.adoptions.filter(({ importId }) => !told.has(importId));
    return alreadyThereFindings({ ...found, adoptions }, context);
  } catch (error) {
    if (error instanceof VendorError) return [];
    throw error;
  }
}
