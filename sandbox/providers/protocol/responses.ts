/** Answers to check and diff, as messages. */
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckFailure, DiffResult, Known, ResourceHandler } from "./handler.ts";

/** Inputs that the schema does not know, and missing ones it demands. */
export function* knownInputs(handler: ResourceHandler, news: Known): Generator<CheckFailure> {
  const { inputs, required } = handler.schema;
  for (const key of Object.keys(news)) {
    if (inputs !== undefined && !key.startsWith("__") && !inputs.includes(key)) {
      yield {
        property: key,
        reason: `Unsupported argument. An argument named "${key}" is not expected here.`,
      };
    }
  }
  for (const key of required ?? []) {
    if (news[key] === undefined || news[key] === null) {
      const reason = `Missing required argument. The argument "${key}" is required, but no definition was found.`;
      yield { property: key, reason };
    }
  }
}

/** Failures in the words of the Terraform bridge, which most real plugins are built on. */
export function checkResponse(failures: readonly CheckFailure[], urn = ""): pb.CheckResponse {
  const response = new providerPb.CheckResponse();
  const name = urn.split("::").at(-1) ?? "";
  for (const { property, reason } of failures) {
    const place = property === "" || name === "" ? "" : `. Examine values at '${name}.${property}'.`;
    response.addFailures(new providerPb.CheckFailure().setReason(`${reason}${place}`));
  }
  return response;
}

/** A diff on the wire. */
export function diffResponse(result: DiffResult): pb.DiffResponse {
  const { DiffChanges } = providerPb.DiffResponse;
  const response = new providerPb.DiffResponse();
  response.setChanges(result.changed ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setReplacesList([...result.replaces]);
  response.setDeletebeforereplace(result.deleteBeforeReplace ?? false);
  response.setHasdetaileddiff(true);
  response.setDiffsList([
    ...new Set(Object.keys(result.details).map((path) => path.split(/[.[]/)[0] ?? path)),
  ]);
  for (const [path, kind] of Object.entries(result.details)) {
    const name = kind.toUpperCase().replace("-", "_") as keyof typeof providerPb.PropertyDiff.Kind;
    const entry = new providerPb.PropertyDiff()
      .setKind(providerPb.PropertyDiff.Kind[name])
      .setInputdiff(true);
    response.getDetaileddiffMap().set(path, entry);
  }
  return response;
}
