/** The zone before anything is made in it, for a preflight. */
import type { Config } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import type { SlotName } from "../../stack/values/slots.ts";
import { findAlreadyThere } from "../judge/existing/alreadyThere.ts";
import { nameOfUrn, type KnownResource } from "../state/resources.ts";
import { zoneFacts } from "../../stack/dns/zoneFacts.ts";
import { judgeMailElsewhere, findOtherMailHosts, type ServerKnows } from "../judge/existing/mailElsewhere.ts";
import { describeExisting } from "../judge/existing/waysOut.ts";
import type { Finding } from "../model/finding.ts";
import { VendorError } from "../vendors/http.ts";
import { anyResourceName } from "../../stack/vendors/recordResources.ts";
import type { ZoneReader } from "../vendors/zoneReader.ts";

/** What a preflight knows of the stack. */
export interface ZoneBefore {
  readonly config: Config;
  readonly plan: Pick<Plan, "records">;
  readonly state: readonly KnownResource[];
  readonly slotValue: (name: SlotName) => string | undefined;
  /** Asks the server of an earlier `up` whether it knows the domain. */
  readonly askServer: () => Promise<ServerKnows>;
  /** Import ids of records that are told of elsewhere, as left behind by a broken run. */
  readonly told: ReadonlySet<string>;
}

/** Logical names of the domain's MX, at providers of records and of sets. */
const MX_ROLES = (domain: string): readonly string[] =>
  anyResourceName({ role: "apex-mx", name: domain, type: "MX" });

/** Findings; none where the provider does not answer, which the look at its token says. */
export async function checkZoneBefore(
  reader: Pick<ZoneReader, "records">,
  { config, plan, state, slotValue, told, askServer }: ZoneBefore,
): Promise<Finding[]> {
  try {
    const context = { ...zoneFacts(config), provider: config.dns.provider };
    const zone = await reader.records();
    const { records } = plan;
    const found = findAlreadyThere({ records, zone, state, context, slotValue, ignore: config.dns.ignore });
    const adoptions = found.adoptions.filter(({ importId }) => !told.has(importId));
    const mail = { domain: config.domain, mx: config.dns.mx, zone };
    const isOurs = state.some(({ urn }) => MX_ROLES(config.domain).includes(nameOfUrn(urn)));
    const elsewhere =
      isOurs || findOtherMailHosts(mail).length === 0 ? [] : judgeMailElsewhere(mail, await askServer());
    return [...elsewhere, ...describeExisting({ ...found, adoptions }, context)];
  } catch (error) {
    if (error instanceof VendorError) return [];
    throw error;
  }
}
