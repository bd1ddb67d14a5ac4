/**
 * A preview without changes, against one of a bare program that declares the same resources literally.
 *
 * Engine, plugins, vendor APIs and state are the same for both: both stacks are in a copy of the sandbox's state, the
 * bare one with its project's name in place of ours. All repetitions run in one process inside the sandbox
 * (previewInside.ts). The bare program has no configuration to check, no zone and no server to look up.
 */
import { runInside } from "./inside.ts";
import type { Ratio } from "./ratio.ts";

const LIMIT_MINUTES = 15;

/** Medians in milliseconds, as previewInside.ts prints them. */
export interface PreviewTimes {
  readonly ours: number;
  readonly theirs: number;
  readonly resources: number;
  readonly repetitions: number;
}

/** Our preview over the bare one. Needs a sandbox with a deployed server that nobody changes meanwhile. */
export async function benchPreview(): Promise<readonly Ratio[]> {
  const { ours, theirs, resources, repetitions } = await runInside<PreviewTimes>(
    "previewInside.ts",
    LIMIT_MINUTES,
  );
  const detail = `program ${ours.toFixed(0)} ms, bare program ${theirs.toFixed(0)} ms, ${resources} resources, medians of ${repetitions}`;
  return [{ name: "preview", value: ours / theirs, goal: 0.65, detail }];
}
