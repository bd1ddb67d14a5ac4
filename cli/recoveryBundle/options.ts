/** Options of `mailstead bundle`, and which of its actions has which. */
import { CommandError } from "../output/terminal.ts";
import type { KeyOptions } from "./givenKey.ts";

export const ACTIONS = ["create", "show", "restore"] as const;
export type Action = (typeof ACTIONS)[number];

export interface BundleOptions extends KeyOptions {
  readonly stack?: string | undefined;
  readonly state?: string | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Those that not every action has. */
const OF: Readonly<Partial<Record<keyof BundleOptions, readonly [flag: string, ...actions: Action[]]>>> = {
  stack: ["--stack", "create"],
  recipient: ["--recipient", "create"],
  identity: ["--identity", "show", "restore"],
  state: ["--state", "restore"],
  force: ["--force", "create", "restore"],
  dryRun: ["--dry-run", "create", "restore"],
};

/** @throws CommandError for an option that the action has not: what it was meant for would not be done */
export function refuseForeign(action: Action, options: BundleOptions): void {
  for (const [name, [flag, ...actions]] of Object.entries(OF)) {
    if (options[name as keyof BundleOptions] === undefined || actions.includes(action)) continue;
    throw new CommandError(`bundle ${action} has no ${flag}`, `it is of bundle ${actions.join(" and ")}`, 2);
  }
}
