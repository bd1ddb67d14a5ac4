/** How much memory a server needs for its containers. */
import type { Config } from "../model/config.ts";
import type { ImageRole } from "../model/imageRoles.ts";
import { selectServices } from "../services/activeServices.ts";

/**
 * What one container of an image wants at least, in MiB. Estimates, made so that all of them come to the 4 GB that upstream
 * advises (its README, 2026): it names no figure for one.
 */
const CONTAINER_MIB: Readonly<Record<ImageRole, number>> = { app: 150, nginx: 16, mongo: 256, redis: 64 };

/** The system itself: kernel, Docker, sshd. */
const SYSTEM_MIB = 400;

/** MiB of memory that containers, the cache of MongoDB and the system want together. */
export function neededMemoryMib(config: Config): number {
  const containers = selectServices(config).map(({ image }) => CONTAINER_MIB[image]);
  return containers.reduce((sum, one) => sum + one, SYSTEM_MIB + config.mail.mongoCacheMib);
}
