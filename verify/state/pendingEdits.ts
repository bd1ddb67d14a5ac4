/**
 * What a preview would do beside making a lost server and what stands on it anew. Pure.
 *
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/ `--json`
 */
import { nameOfUrn } from "./resources.ts";
import { inputsOfLoss, isAttachment, isServer } from "../../stack/vendors/cloudThings.ts";

/** A step of `pulumi preview --json`, as far as it is looked at. */
export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly diffReasons?: readonly string[] | null;
  readonly replaceReasons?: readonly string[] | null;
}

/** One change that is not the rebuild's. */
export interface PendingEdit {
  readonly op: string;
  /** Such as `hcloud:index/firewall:Firewall`. */
  readonly type: string;
  readonly name: string;
  /** Inputs that differ; none of what is made or taken away. */
  readonly inputs: readonly string[];
}

const QUIET = ["same", "read", "refresh", "discard", "remove-pending-replace"];
/** A replacement is told once, by the step that bears its name. */
const PARTS_OF_REPLACE = ["create-replacement", "delete-replaced"];

/** Inputs of what is on a host that follow its server; not one of them is anything that people set. */
const FOLLOWS_SERVER = [
  ...["triggers", "connection", "image", "labels", "stdout", "stderr", "host"],
  // Of the volume's place on it.
  "serverId",
  // What is done before it goes names the one that it is meant for.
  "delete",
];

function readType(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

function isOnHost(type: string): boolean {
  return type.startsWith("command:") || type.startsWith("docker:index/") || isAttachment({ type });
}

/** A server that is gone has no addresses: that they would be given to it again is no edit. */
function isLoss({ op, urn, diffReasons }: PreviewStep): boolean {
  const reasons = diffReasons ?? [];
  const type = readType(urn);
  const isOfLoss = (key: string): boolean => inputsOfLoss(type).some((start) => key.startsWith(start));
  return isServer({ type }) && op === "update" && reasons.length > 0 && reasons.every(isOfLoss);
}

/** Whether a step is made necessary by a server that the state has not any more. */
function followsServer({ op, urn, diffReasons }: PreviewStep): boolean {
  const type = readType(urn);
  if (isServer({ type })) return op === "create";
  if (!isOnHost(type)) return false;
  return (diffReasons ?? []).every((key) => FOLLOWS_SERVER.includes(key.split(/[.[]/)[0] ?? key));
}

/**
 * Edits of the configuration that wait for an `up`.
 *
 * @param isForgotten the state has no server: what follows from that is no edit.
 */
export function findPendingEdits(steps: readonly PreviewStep[], isForgotten: boolean): PendingEdit[] {
  return steps
    .filter(({ op }) => !QUIET.includes(op) && !PARTS_OF_REPLACE.includes(op))
    .filter((step) => !isLoss(step))
    .filter((step) => !(isForgotten && followsServer(step)))
    .map(({ op, urn, diffReasons }) => ({
      op,
      type: readType(urn),
      name: nameOfUrn(urn),
      inputs: diffReasons ?? [],
    }));
}
