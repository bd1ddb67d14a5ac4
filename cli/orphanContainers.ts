/** Where state and Docker disagree after a run that was cut off: containers that the state never heard of, or still has. */
import type { Orphan } from "../verify/preflight/preflight.ts";
import { ipv4OfThing } from "../stack/vendors/cloudThings.ts";
import { pulumi, type StateResource } from "./engine.ts";
import { remoteAt, runScript, type Remote } from "./remote.ts";

const CONTAINER = "docker:index/container:Container";

/** Name of a resource, by its URN. */
export function readName({ urn }: StateResource): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The host as the state knows it. @throws CommandError without a key on this machine. */
export function findHost(stack: string, resources: readonly StateResource[]): Remote | undefined {
  const [ipv4] = resources.flatMap((resource) => ipv4OfThing(resource) ?? []);
  return ipv4 === undefined ? undefined : remoteAt(stack, ipv4);
}

/**
 * Looks on the host, but only where the making of a container never ended, or where the state knows the containers of a
 * server whose successor it does not know.
 *
 * @param ofSuccessor the server at the vendor is the successor of the one in the state.
 * @throws CommandError when the host does not answer.
 */
export async function findOrphanContainers(
  stack: string,
  resources: readonly StateResource[],
  pending: readonly { readonly resource: StateResource }[],
  ofSuccessor = false,
): Promise<Orphan[]> {
  const asked = [...pending.map(({ resource }) => resource), ...(ofSuccessor ? resources : [])];
  const unsure = new Set(asked.filter(({ type }) => type === CONTAINER).map(readName));
  const host = unsure.size === 0 ? undefined : findHost(stack, resources);
  if (host === undefined) return [];
  const printed = await runScript(host, "docker ps --all --no-trunc --format '{{.ID}} {{.Names}}'\n");
  return printed
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([id, name = ""]) => unsure.has(name) && !resources.some((resource) => resource.id === id))
    .map(([id = "", name = ""]) => ({ vendor: "host", id, name }));
}

/** Removes a container. What it wrote is in directories of the host and stays. */
export async function removeContainer(
  stack: string,
  resources: readonly StateResource[],
  id: string,
): Promise<void> {
  const host = findHost(stack, resources);
  if (host !== undefined && /^[0-9a-f]+$/.test(id)) await runScript(host, `docker rm --force ${id}\n`);
}

/**
 * Takes containers out of the state that the host has not any more: Docker removed them, and its answer was lost. `up` would
 * pass over them, where nothing else about them changes.
 *
 * @param there ids of all containers that the host has.
 */
export async function forgetRemovedContainers(
  stack: string,
  resources: readonly StateResource[],
  there: ReadonlySet<string>,
): Promise<void> {
  const gone = resources.filter(({ type, id }) => type === CONTAINER && id !== undefined && !there.has(id));
  if (gone.length === 0) return;
  const targets = gone.flatMap(({ urn }) => ["--target", urn]);
  await pulumi([
    "refresh",
    "--yes",
    "--skip-preview",
    "--skip-pending-creates",
    ...targets,
    "--stack",
    stack,
  ]);
}
