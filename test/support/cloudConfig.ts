/** The document that boots a host, whole: what its parts together have to say. */
import type { CloudConfig } from "../../cloud-init/cloudConfig.ts";
import { planParts } from "../../cloud-init/planCloudConfig.ts";
import type { Sources } from "../../cloud-init/sources.ts";
import type { PlannedBoot } from "../../stack/model/plan.ts";

/** Plans the document of `planParts` whole. */
export function planCloudConfig(boot: PlannedBoot, sources: Sources): CloudConfig {
  const parts = planParts(boot, sources).map(({ keys }) => keys);
  const files = parts.flatMap(({ write_files: some = [] }) => some);
  return { ...(Object.assign({}, ...parts) as CloudConfig), write_files: files };
}
