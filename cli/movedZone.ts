/** The domain's zone is another one than the stack's records are in: `preflight` says so, and `--fix` forgets them. */
import type { Config } from "../stack/model/config.ts";
import type { Issue } from "../stack/model/issue.ts";
import { readDeployed, withDeployed } from "../stack/guards/deployed.ts";
import { keepsZone } from "../stack/guards/zone.ts";
import type { Outputs } from "../stack/vendors/cloud.ts";
import { zoneIdOfRecord } from "../stack/vendors/recordResources.ts";
import { withoutEntries } from "../verify/adopt/forget.ts";
import { VendorError } from "../verify/vendors/http.ts";
import type { ZoneReader } from "../verify/vendors/zoneReader.ts";
import { changeState, outputsIn, type StateResource } from "./engine.ts";

/** The stack's records are in another zone. */
export interface MovedZone {
  /** The provider's id of that one. */
  readonly old: string;
  readonly issues: readonly Issue[];
}

/** Looks whether it is so; undefined where it is not, or where the provider does not tell. */
export async function findMovedZone(
  config: Pick<Config, "dns" | "domain">,
  resources: readonly StateResource[],
  reader: Pick<ZoneReader, "zone">,
): Promise<MovedZone | undefined> {
  const { zoneId: old, domain } = readDeployed(outputsIn(resources), resources);
  // Another domain's zone is another one: what is wrong then is the domain, and nothing of the old one is to be forgotten.
  if (old === undefined || (domain !== undefined && domain !== config.domain)) return undefined;
  try {
    const issues = keepsZone(config, old, config.dns.zoneId ?? (await reader.zone())?.id);
    return issues.length === 0 ? undefined : { old, issues };
  } catch (error) {
    // What is wrong with the token is told with the token.
    if (error instanceof VendorError) return undefined;
    throw error;
  }
}

interface Entry extends StateResource {
  readonly outputs?: Outputs;
}

/** The state knows nothing more of a zone. No vendor is asked. Returns how many records it forgot. */
export async function forgetZone(stack: string, { old }: MovedZone): Promise<number> {
  let count = 0;
  await changeState(stack, (deployment) => {
    const { resources } = deployment as { resources?: readonly Entry[] | null };
    const { entries, urns } = withoutEntries(resources ?? [], (entry) => zoneIdOfRecord(entry) === old);
    count = urns.length;
    const remembered = entries.map((entry) =>
      entry.type === "pulumi:pulumi:Stack"
        ? { ...entry, outputs: withDeployed(entry.outputs ?? {}, { zoneId: undefined }) }
        : entry,
    );
    return { ...deployment, resources: remembered };
  });
  return count;
}
