/** `mailstead teardown`: says before a `destroy` what it would keep, what it would take, and what is billed on. Looks only. */
import type { Config } from "../../stack/model/config.ts";
import { openedBy, OPEN_VALUE, type Opener } from "../../stack/model/protection.ts";
import type { Cloud } from "../../stack/vendors/cloud.ts";
import type { Cost } from "../../verify/vendors/cloud.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { planTeardown, type Sort, type StandingResource } from "../../verify/state/teardown.ts";
import { needOwnAccount } from "../account.ts";
import { readState, stackName } from "../engine.ts";
import { loadPlan } from "../project.ts";
import { print, printJson } from "../output/terminal.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import { readGivenToken } from "../tokens.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Something that costs as long as it is there, used or not. */
interface Billed {
  readonly what: string;
  /** Whether `destroy --exclude-protected` keeps it. */
  readonly stays: boolean;
  readonly price: string;
}

function listBilled(costs: readonly Cost[], things: Cloud["things"], kept: ReadonlySet<string>): Billed[] {
  return costs.map(({ kind, id, what, price }) => ({
    what,
    stays: kept.has(`${things[kind].type} ${id}`),
    price,
  }));
}

function describeSort({ what, names }: Sort): string {
  const few = names.length <= 3 ? `: ${names.join(", ")}` : "";
  return `  ${String(names.length)} ${what}${few}`;
}

function described(sorts: readonly Sort[]): string[] {
  return sorts.length === 0 ? ["  nothing"] : sorts.map(describeSort);
}

/** The lines that open what is still protected. */
function openingLines({ protect, server }: Pick<Config, "protect" | "server">): string[] {
  const values: Readonly<Record<Opener, boolean>> = { protect, "server.disposable": server.disposable };
  return (Object.keys(OPEN_VALUE) as Opener[])
    .filter((opener) => values[opener] !== OPEN_VALUE[opener])
    .map((opener) => {
      const set = `pulumi config set --path mailstead:${opener} ${String(OPEN_VALUE[opener])}`;
      return `  ${set}   (gives up: ${openedBy(opener).join("; ")})`;
    });
}

async function readCosts(config: Config, stack: string, resources: readonly StandingResource[]) {
  const given = await readGivenToken(CLOUDS[config.server.provider].token, stack);
  await needOwnAccount(config, resources, given);
  return (await OPEN_ACCOUNT[config.server.provider](given.token).costs?.(stack)) ?? [];
}

/** Runs the command. Returns 0: nothing is wrong with what it says. */
export async function teardownCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { config } = loadPlan(stack);
  const resources: readonly StandingResource[] = (await readState(stack)).resources;
  const costs = await readCosts(config, stack, resources);
  const { title, things } = CLOUDS[config.server.provider];
  const { stays, goes, keptIds } = planTeardown(resources);
  const billed = listBilled(costs, things, keptIds);
  if (options.json === true) {
    printJson({ stays, goes, billed });
    return 0;
  }
  const money = billed.map(
    ({ what, stays: on, price }) => `  ${on ? "billed on" : "ends"}: ${what}, ${price}`,
  );
  const opening = openingLines(config);
  print(
    [
      "For a while: pulumi destroy --exclude-protected --run-program",
      "stays:",
      ...described(stays),
      "goes:",
      ...described(goes),
      `at ${title}:`,
      ...(money.length === 0 ? ["  nothing"] : money),
      "For good, with everything that stays above:",
      ...opening,
      ...(opening.length === 0 ? [] : ["  pulumi up"]),
      "  pulumi destroy",
    ].join("\n"),
  );
  return 0;
}
