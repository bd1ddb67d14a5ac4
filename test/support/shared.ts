/** Where the published specifications are, when the checkout has them beside it; tests that need them skip without. */
import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../shared/specs");

/** Folder of the specifications, or undefined. */
export const sharedSpecs: string | undefined = existsSync(folder) ? folder : undefined;

/** In the name of what needs them, by which the closing line knows why it was left out. */
export const NEEDS_SHARED = "(needs ../shared/specs)";
