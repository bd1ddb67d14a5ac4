/** Everything that a drill needs to know before it makes anything. */
import { checkStackLabel } from "../../stack/config/lengthChecks.ts";
import { backupRepository } from "../../stack/data/backups.ts";
import { drillStack, type DrillOf } from "../../stack/drill/drillStack.ts";
import type { BackupsConfig, Config } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { planDrill } from "../../stack/planDrill.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { CloudAccount } from "../../verify/vendors/cloud.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { needOwnAccount } from "../account.ts";
import { readState, stackName } from "../engine.ts";
import { CommandError } from "../output/terminal.ts";
import { loadPlan } from "../project.ts";
import { readGivenToken } from "../tokens.ts";

export interface Ready {
  readonly of: DrillOf;
  /** Configuration of the live stack. */
  readonly config: Config;
  readonly backups: BackupsConfig;
  /** Plan of the drill. */
  readonly plan: Plan;
  readonly account: CloudAccount;
}

/** @throws CommandError where the drill's stack cannot have the name that it needs */
function needName(stack: string): void {
  const [fault] = checkStackLabel(drillStack(stack));
  if (fault !== undefined) throw new CommandError(fault.message, fault.fix, 2);
}

/** Reads all of it; nothing is changed. @throws CommandError where no drill can be made of the stack */
export async function prepareDrill(given: string | undefined, snapshot: string): Promise<Ready> {
  const stack = await stackName(given);
  const { config } = loadPlan(stack);
  const { backups } = config;
  if (backups === undefined)
    throw new CommandError(
      "the stack has no backups, so there is nothing that a drill could bring back: mailstead:backups is not set",
      "set a bucket and its key, as docs/guides/backups.md shows, and run `pulumi up`",
      2,
    );
  needName(stack);
  const { resources } = await readState(stack);
  const token = await readGivenToken(CLOUDS[config.server.provider].token, stack);
  await needOwnAccount(config, resources, token);
  const of = { stack, snapshot };
  const account = OPEN_ACCOUNT[config.server.provider](token.token);
  return { of, config, backups, plan: planDrill(config, of).plan, account };
}

/** What a drill would make, for `--dry-run`. */
export interface DrillIntent {
  readonly stack: string;
  readonly server: {
    readonly name: string;
    readonly type: string;
    readonly location: string;
    readonly image: string;
  };
  /** For people; absent where the vendor does not say. */
  readonly price?: string;
  readonly volumeGb: number | null;
  readonly repository: string;
  readonly snapshot: string;
  readonly mailboxes: readonly string[];
}

/** Asks the vendor for the price alone. @throws VendorError */
export async function readIntent(
  { of, config, backups, plan, account }: Ready,
  mailboxes: readonly string[],
): Promise<DrillIntent> {
  const { name, type, location, image } = plan.server;
  const offer = await account.offer?.(new Date());
  const price = offer?.sizes.find((size) => size.name === type)?.prices[location];
  return {
    stack: drillStack(of.stack),
    server: { name, type, location, image },
    ...(price === undefined ? {} : { price }),
    volumeGb: plan.volume?.sizeGb ?? null,
    repository: backupRepository(backups, config.domain),
    snapshot: of.snapshot,
    mailboxes,
  };
}

export function describeIntent({
  stack,
  server,
  price,
  volumeGb,
  repository,
  snapshot,
  mailboxes,
}: DrillIntent): string {
  return [
    `It would make the stack ${stack}, beside the live one, and take it away again:`,
    `  server ${server.name}: ${server.type} in ${server.location}, ${server.image}; ${price ?? "price unknown"}`,
    ...(volumeGb === null
      ? []
      : [
          `  a volume of ${String(volumeGb)} GB, two addresses, a firewall that lets SSH alone in, an SSH key`,
        ]),
    "  no record, no reverse name, no certificate; no mail leaves it; it is billed for the hours that it stands",
    `and restore ${snapshot === "newest" ? "the newest snapshot" : `the snapshot ${snapshot}`} of ${repository}, only reading there,`,
    mailboxes.length === 0 ? "without mailboxes." : `then read mail of ${mailboxes.join(", ")}.`,
  ].join("\n");
}
