/** What an `up` that makes a server would do beside that, and what the new server gets that the old one had not. */
import { bootHash } from "../../cloud-init/renderUserData.ts";
import { readAsset } from "../../components/assets.ts";
import { bornChanges } from "../../stack/changes/bornChanges.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import { findPendingEdits, type PendingEdit, type PreviewStep } from "../../verify/state/pendingEdits.ts";
import { pulumi, type StateResource } from "../engine.ts";

/** Differences between the server as the state remembers it and one that is made now. */
export function findBorn({ server }: Plan, known: StateResource | undefined): readonly string[] {
  if (known?.outputs === undefined) return [];
  const deployed = CLOUDS[server.provider].serverIn(known.outputs);
  return bornChanges(server, deployed, (one) => bootHash(one, { asset: readAsset }));
}

/** @param isForgotten the state has no server: what follows from that is no edit */
export async function previewEdits(stack: string, isForgotten: boolean): Promise<readonly PendingEdit[]> {
  const printed = await pulumi(["preview", "--json", "--stack", stack]);
  const steps = (JSON.parse(printed) as { steps?: readonly PreviewStep[] }).steps ?? [];
  return findPendingEdits(steps, isForgotten);
}

export function describeEdit({ op, type, name, inputs }: PendingEdit): string {
  const of = inputs.length === 0 ? "" : ` (${inputs.join(", ")})`;
  return `  ${op} ${type.split(":").at(-1) ?? type} ${name}${of}`;
}
