/** `mailstead bundle create | show | restore FILE`: what is needed to come back when this machine and the state are gone. */
import { createBundle } from "../recoveryBundle/create.ts";
import { refuseForeign, type Action, type BundleOptions } from "../recoveryBundle/options.ts";
import { restoreBundle } from "../recoveryBundle/restore.ts";
import { showBundle } from "../recoveryBundle/show.ts";

const ACTION = { create: createBundle, show: showBundle, restore: restoreBundle } as const;

/** Runs the command. @throws CommandError where nothing is written, or a bundle cannot be read */
export async function bundleCommand(action: Action, file: string, options: BundleOptions): Promise<number> {
  refuseForeign(action, options);
  return ACTION[action](file, options);
}
