/**
 * What the containers may do: the least that their images need as these are published.
 *
 * Each starts as root, whatever user its image names, and keeps no capability but those below. As root it reads what the
 * host's root wrote for it (`.env`, keys, mailboxes) because it owns that; it passes over nobody else's permissions.
 * Forward Email's newer image names a user of its own (uid 999, `self-hosting/Dockerfile-selfhosted` at 0e4ff4c) which can
 * neither bind 25 or 465 in the host's network nor read any of these files, and its older one has no such user.
 *
 * @see https://man7.org/linux/man-pages/man7/capabilities.7.html
 * @see https://docs.kernel.org/userspace-api/no_new_privs.html
 */
import type { Capability, PlannedRights } from "../model/plan.ts";

/** First port that needs no right; Docker lowers it for networks of its own alone, not for the host's. */
const FIRST_FREE_PORT = 1024;

/** What it takes to change to another user. */
const BECOME_ANOTHER = ["CAP_SETGID", "CAP_SETUID"] as const;

function rights(...capabilities: readonly Capability[]): PlannedRights {
  return { user: "0:0", capabilities: capabilities.toSorted(), noNewPrivileges: true };
}

/** Who binds a port below 1024 keeps the one right to do so; nobody else has it. */
function binding(ports: readonly number[]): readonly Capability[] {
  return ports.some((port) => port < FIRST_FREE_PORT) ? ["CAP_NET_BIND_SERVICE"] : [];
}

/** Forward Email's processes stay who they are. */
export function appRights(ports: readonly number[]): PlannedRights {
  return rights(...binding(ports));
}

/** nginx's master gives its workers a user of their own; an `http` block's folders for temporary files, too. */
export function nginxRights(ports: readonly number[], block: "stream" | "http"): PlannedRights {
  return rights(...binding(ports), ...BECOME_ANOTHER, ...(block === "http" ? (["CAP_CHOWN"] as const) : []));
}

/**
 * The entry point of Mongo's official image looks through the data, gives it to the user that the image has for it, and
 * becomes that user, who keeps none of these.
 *
 * @see https://github.com/docker-library/mongo/blob/7c4db1d/8.0/docker-entrypoint.sh
 */
export const MONGO_RIGHTS: PlannedRights = rights("CAP_CHOWN", "CAP_DAC_OVERRIDE", ...BECOME_ANOTHER);

/**
 * Redis' does so too. It takes the rights from what the user starts later as well, and without a right to do that it would
 * not start at all: `setpriv: apply bounding set: Operation not permitted` (util-linux 2.41).
 *
 * @see https://github.com/redis/docker-library-redis/blob/0d55be9/debian/docker-entrypoint.sh
 */
export const REDIS_RIGHTS: PlannedRights = rights(...MONGO_RIGHTS.capabilities, "CAP_SETPCAP");
