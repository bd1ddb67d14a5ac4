/** The engine's state on the way to a release and back. */
import type { Config } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { readDeployed, withDeployed } from "../../stack/guards/deployed.ts";
import { rememberImages } from "../../stack/guards/deployedImages.ts";
import { changeState, clearPendingOperations, outputsIn, readState } from "../engine.ts";
import { forgetRemovedContainers, removeContainer } from "../orphanContainers.ts";
import { askOf, type Run } from "./run.ts";

const STACK_TYPE = "pulumi:pulumi:Stack";

interface Entry {
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/**
 * The stack remembers the images of a configuration as deployed: the data are again those that they wrote, so the guard
 * against older images has nothing to keep from them.
 */
export async function rememberAsDeployed({ stack }: Run, config: Config): Promise<void> {
  await changeState(stack, (deployment) => {
    const { resources } = deployment as { resources?: readonly Entry[] | null };
    if (resources?.some(({ type }) => type === STACK_TYPE) !== true) return undefined;
    const changed = resources.map((entry) => {
      if (entry.type !== STACK_TYPE) return entry;
      const { outputs = {} } = entry;
      const images = rememberImages(config, readDeployed(outputs).images);
      return { ...entry, outputs: withDeployed(outputs, { images }) };
    });
    return { ...deployment, resources: changed };
  });
}

/**
 * Clears what a run left that was cut off: operations that never ended, containers that Docker had made and the state never
 * heard of, and those that Docker had removed and the state still has. What they wrote is in folders of the host.
 *
 * @throws CommandError where another run has the stack, or one was killed: `pulumi cancel` is for the operator to say
 */
export async function clearKilled(run: Run, { containers }: Plan): Promise<void> {
  const { resources, pending } = await readState(run.stack);
  if (pending.length > 0) await clearPendingOperations(run.stack);
  const known = new Set(resources.flatMap(({ id }) => (id === undefined ? [] : [id])));
  const names = new Set(containers.map(({ name }) => name));
  const printed = await askOf(run)("docker ps --all --no-trunc --format '{{.ID}} {{.Names}}'\n");
  const there = new Map(
    printed
      .trim()
      .split("\n")
      .map((line): [string, string] => {
        const [id = "", name = ""] = line.split(" ");
        return [id, name];
      }),
  );
  for (const [id, name] of there)
    if (names.has(name) && !known.has(id)) await removeContainer(run.stack, resources, id);
  await forgetRemovedContainers(run.stack, resources, new Set(there.keys()));
}

/** What the last `up` deployed, by the state. */
export async function readLastDeployed({ stack }: Run) {
  const { resources } = await readState(stack);
  return readDeployed(outputsIn(resources), resources);
}
