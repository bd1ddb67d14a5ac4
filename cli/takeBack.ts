/**
 * Takes what bears the stack's label at its cloud, under the name that the plan gives it, back into the state: after a
 * refresh or an old copy of the state forgot it, or when the answer to its order was lost. Deletes nothing.
 */
import { rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "../stack/model/plan.ts";
import { isServer } from "../stack/vendors/cloudThings.ts";
import { GENERATION_LABEL } from "../stack/vendors/names.ts";
import { foundIds, listStateIds } from "../verify/adopt/cloudThings.ts";
import { CLOUDS } from "../stack/vendors/registry.ts";
import { fillImportFile, type FoundId, type ImportFile } from "../verify/adopt/importFile.ts";
import { repointed, type FoundThing, type StateEntry } from "../verify/adopt/repoint.ts";
import { placeUnderParents } from "../verify/adopt/underParents.ts";
import { nameOfUrn } from "../verify/state/resources.ts";
import type { CloudAccount, CloudThings } from "../verify/vendors/cloud.ts";
import { changeState, previewCreates, pulumi, readState } from "./engine.ts";

const QUIETLY = ["--yes", "--skip-preview"] as const;

/** The generation that each server was made for goes with it, or the next `up` would replace what was just taken. */
function withGenerations(found: readonly FoundId[], { server: servers }: CloudThings): FoundThing[] {
  return found.map((one) => {
    const server = servers.find(({ id }) => isServer(one) && id === one.id);
    const generation = Number(server?.labels?.[GENERATION_LABEL] ?? Number.NaN);
    return Number.isInteger(generation) ? { ...one, generation } : one;
  });
}

/** Whether a thing is at its vendor, by type and its id in the state. */
type IsThere = (type: string, id: string) => boolean;

async function repoint(stack: string, found: readonly FoundThing[], isThere: IsThere): Promise<void> {
  let targets: readonly string[] = [];
  await changeState(stack, (deployment) => {
    const { resources } = deployment as { resources?: readonly StateEntry[] | null };
    const { entries, urns } = repointed(resources ?? [], found, isThere);
    targets = urns;
    return urns.length === 0 ? undefined : { ...deployment, resources: entries };
  });
  if (targets.length === 0) return;
  const each = targets.flatMap((urn) => ["--target", urn]);
  await pulumi(["refresh", ...QUIETLY, "--skip-pending-creates", ...each, "--stack", stack]);
}

async function importAll(stack: string, file: ImportFile, protect: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-import-"));
  try {
    const path = join(folder, "import.json");
    writeFileSync(path, JSON.stringify(file));
    const options = ["--file", path, "--generate-code=false", `--protect=${String(protect)}`];
    await pulumi(["import", ...options, ...QUIETLY, "--stack", stack]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What may be taken back. Reverse names go with it: they have no label. */
export interface Wanted {
  /** Things at the cloud, as `TYPE ID`. */
  readonly things: ReadonlySet<string>;
  readonly records: readonly FoundThing[];
  /** Records that the zone has, as `TYPE ID` with their id in a state. */
  readonly recordsThere: ReadonlySet<string>;
}

/**
 * Takes back what is wanted, as far as the state or a preview has a place for it.
 *
 * @throws CommandError where the engine refuses, VendorError where the vendor does
 */
export async function takeBack(
  stack: string,
  plan: Plan,
  account: Pick<CloudAccount, "things">,
  wanted: Wanted,
): Promise<void> {
  const things = await account.things(stack);
  const { reverseNames, attachment } = CLOUDS[plan.server.provider];
  // What has no label of its own goes with what has.
  const unlabelled = [reverseNames?.type, attachment];
  const ours = foundIds(things, stack, plan).filter(
    ({ type, id }) => unlabelled.includes(type) || wanted.things.has(`${type} ${id}`),
  );
  const found = [...withGenerations(ours, things), ...wanted.records];
  const there = new Set([...listStateIds(things, plan), ...wanted.recordsThere]);
  await repoint(stack, found, (type, id) => there.has(`${type} ${id}`));
  const { resources: known } = await readState(stack);
  const file = placeUnderParents(found, known);
  const count = file.resources?.length ?? 0;
  if (count > 0) await importAll(stack, file, plan.protect);
  const isKnown = ({ type, name }: FoundId): boolean =>
    known.some((one) => one.type === type && nameOfUrn(one.urn) === name);
  // Without its component only a preview knows where it belongs.
  if (found.filter((one) => !isKnown(one)).length === count) return;
  const rest = fillImportFile(await previewCreates(stack), found);
  if ((rest.resources ?? []).length > 0) await importAll(stack, rest, plan.protect);
}
