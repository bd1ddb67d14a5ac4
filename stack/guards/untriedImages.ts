/**
 * Images that this stack has never pulled, on a server that is made anew in the same `up`.
 *
 * On a running server a pull that fails leaves all as it is. A new generation deletes the old server first: where its images
 * cannot be pulled then, nothing runs at all.
 */
import type { Guard } from "./guard.ts";

/** Warns of each, with the way that costs nothing. */
export const triesImagesBefore: Guard = ({ config, plan }, { images, generation }) => {
  if (images === undefined || generation === undefined || generation === plan.server.generation) return [];
  return Object.entries(config.mail.images).flatMap(([role, { tag, digest }]) => {
    const known = Object.values(images).some(({ digests }) => Object.values(digests).includes(digest));
    if (known) return [];
    return [
      {
        path: `mailstead:mail.images.${role}.digest`,
        rule: "untried-image",
        severity: "warning",
        message:
          `the new server is to start ${role} ${tag} with an image that this stack has never pulled: ` +
          "if that fails, the old server is gone already",
        fix: `set mailstead:generation back to ${String(generation)} and deploy the image first, then raise it`,
      },
    ];
  });
};
