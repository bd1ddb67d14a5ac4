/** The images of the plan by role: what has one row for each image goes by this list. */

/** The roles, in the order of plan and reference. */
export const IMAGE_ROLES = ["app", "nginx", "mongo", "redis"] as const;

/** A role of an image, such as `mongo`. */
export type ImageRole = (typeof IMAGE_ROLES)[number];
