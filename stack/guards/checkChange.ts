/** Every guard, in the order in which people read the configuration. */
import type { Issue } from "../model/issue.ts";
import type { Deployed } from "./deployed.ts";
import { changesDeployKeyByStep } from "./deployKeys.ts";
import { keepsDomain } from "./domain.ts";
import type { Guard, Planned } from "./guard.ts";
import { keepsData, keepsVolumeSize, leavesBackupFirst, movesDataFirst } from "./data.ts";
import { fitsDigests } from "./imageDigests.ts";
import { keepsImageVersions } from "./imageVersions.ts";
import { keepsDomainRecords, tellsOnboarding } from "./onboarding.ts";
import { tellsServices } from "./services.ts";
import { triesImagesBefore } from "./untriedImages.ts";

const GUARDS: readonly Guard[] = [
  keepsDomain,
  keepsData,
  keepsVolumeSize,
  movesDataFirst,
  leavesBackupFirst,
  keepsImageVersions,
  fitsDigests,
  triesImagesBefore,
  changesDeployKeyByStep,
  tellsServices,
  keepsDomainRecords,
  tellsOnboarding,
];

/** Judges the coming `up` by what the last one deployed. */
export function checkChange(planned: Planned, deployed: Deployed): readonly Issue[] {
  return GUARDS.flatMap((guard) => guard(planned, deployed));
}
