/** Where the data live: the volume, what brings it to the guide's paths, and what lets go of it. */
import { dropIn, script, settingsText, unit } from "../host/files.ts";
import { SCRIPTS, SELF_HOSTING, SETTINGS } from "../host/paths.ts";
import type { Config } from "../model/config.ts";
import { nextServerHas } from "../model/nextServer.ts";
import type { Plan, PlannedFile, PlannedImage, PlannedRelease, PlannedStep } from "../model/plan.ts";
import { selectServices } from "../services/activeServices.ts";
import { BACKUP_SECONDS, backupFiles } from "./backups.ts";
import { queueHoldFiles } from "./queueHold.ts";
import { slot } from "../values/slots.ts";

/** What a plan tells of its data. */
export type PlannedData = Pick<Plan, "volume" | "firstFiles" | "firstSteps" | "release">;

/** A move copies all mail, and a restore brings it from far away. */
const MOUNT_SECONDS = 6 * 3600;
/** Databases have 60 seconds to stop. */
const RELEASE_SECONDS = 150;

/** The containers that write last: all others write through them. */
function databases(config: Config): readonly string[] {
  return selectServices(config).flatMap(({ name, image }) =>
    image === "mongo" || image === "redis" ? [name] : [],
  );
}

function settings(config: Config): PlannedFile {
  const { data, domain, generation } = config;
  const known = settingsText([
    ["DOMAIN", domain],
    ["SIZE_GB", String(data.sizeGb)],
    ["GENERATION", String(generation)],
    ["DATABASES", databases(config).join(" ")],
  ]);
  // The vendor's path of a device: letters, digits, dots, dashes, underscores and slashes. None: the disk.
  const content = [known, "DEVICE=", ...(data.kind === "disk" ? [] : [slot("dataDevice")]), "\n"];
  return { role: "data-conf", path: `${SETTINGS}/data.conf`, mode: "0644", content };
}

/** Where the containers find the data: on a volume, or on a disk that the backups have filled. */
function mount(): PlannedStep {
  return {
    role: "data",
    command: `${SCRIPTS}/data.sh mount`,
    files: ["data-conf", "data-script", "queue-hold-script"],
    after: [],
    timeoutSeconds: MOUNT_SECONDS,
  };
}

/** A disk goes with its server, so that a backup has to be made before, unless its mail was given up. */
function planRelease({ generation, server }: Config, isDisk: boolean): PlannedRelease {
  return {
    role: "release",
    command: `${SCRIPTS}/data.sh release ${String(generation)}`,
    timeoutSeconds: isDisk ? BACKUP_SECONDS : RELEASE_SECONDS,
    isNeeded: isDisk && !server.disposable,
  };
}

/**
 * Plans where the data live. On the server's own disk and without backups there is nothing to do: they are where the guide has
 * them.
 */
export function planData(config: Config, images: readonly PlannedImage[]): PlannedData {
  const has = nextServerHas(config);
  if (has === "nothing") return { firstFiles: [], firstSteps: [] };
  const firstFiles = [
    // What is empty is filled from the backups before anything else.
    ...backupFiles(config, images),
    settings(config),
    script("data-script", "data.sh"),
    ...queueHoldFiles(),
    unit("data-service", "mailstead-data.service"),
    dropIn("docker-data", "docker.service", "docker-data.conf"),
    dropIn("certificate-data", "mailstead-certificate.service", "certificate-data.conf"),
  ];
  const isDisk = has === "backups";
  return {
    ...(isDisk ? {} : { volume: { role: "data-volume", sizeGb: config.data.sizeGb } }),
    firstFiles,
    firstSteps: [mount()],
    release: planRelease(config, isDisk),
  };
}

/** Removes what a move left on the disk, once all runs from the volume. */
export function removeMovedData({ data }: Config): readonly PlannedStep[] {
  if (data.kind === "disk") return [];
  const command = `rm -rf -- ${SELF_HOSTING}.on-disk`;
  return [{ role: "moved-data", command, files: [], after: [], timeoutSeconds: 600 }];
}
