/** What the stack said and had after its last `up`, for what has to be judged against it. */
import * as pulumi from "@pulumi/pulumi";
import { needsResources, readDeployed, type Deployed } from "../stack/guards/deployed.ts";
import type { StateFact } from "../stack/guards/stateFacts.ts";

/** Asks the engine's own provider about this stack; nothing where it cannot say. */
async function askEngine(token: string, argument: string, answer: string): Promise<Record<string, unknown>> {
  try {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const said = (await pulumi.runtime.invoke(token, { [argument]: name })) as Record<string, unknown>;
    return (said[answer] ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Outputs of the last `up`, from the engine's own function for stack references; none where it cannot say. */
export function lastOutputs(): Promise<Readonly<Record<string, unknown>>> {
  return askEngine("pulumi:pulumi:readStackOutputs", "name", "outputs");
}

/** Resources of the state before this run; none where the engine cannot say. */
async function lastResources(): Promise<readonly StateFact[]> {
  const byUrn = await askEngine("pulumi:pulumi:readStackResourceOutputs", "stackName", "outputs");
  return Object.entries(byUrn).map(([urn, resource]) => ({ ...(resource as Omit<StateFact, "urn">), urn }));
}

/**
 * What the last `up` deployed.
 *
 * @param outputs of the last `up`; the state's resources are asked for only where these do not tell all.
 */
export async function lastDeployed(outputs: Readonly<Record<string, unknown>>): Promise<Deployed> {
  const told = readDeployed(outputs);
  return needsResources(told) ? readDeployed(outputs, await lastResources()) : told;
}
