/**
 * `hcloud.ZoneRecord`: one value of a set. Calls: `add_records`; GET of the set; `update_records`; `remove_records`.
 *
 * It has no id at the vendor; the one here is made of what identifies it. An import by id is refused, as the real
 * provider knows one by identity only.
 */
import type { Known, ResourceHandler } from "../../protocol/handler.ts";
import { asText } from "../../protocol/value.ts";
import type { Properties } from "../../protocol/value.ts";
import type { HcloudApi } from "../api.ts";
import { named, refreshed } from "../../protocol/inputs.ts";
import { frameworkStep } from "../wording.ts";
import { type Rrset, rrsetPath } from "./model.ts";
import { act } from "./zone.ts";

/** The resource, on an API that is there once the provider is configured. */
export function zoneRecordResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema: {
      inputs: ["comment", "name", "type", "value", "zone"],
      required: ["type", "value", "zone"],
      replaceOn: ["name", "type", "value", "zone"],
      computed: ["comment", "id"],
      unknownOnUpdate: ["comment"],
      optionalComputed: ["comment"],
    },
    check: (news, olds, context) => ({ inputs: named(news, olds, context), failures: [] }),
    create: (inputs, context) =>
      frameworkStep(context, async () => {
        const record = { value: inputs.value, comment: inputs.comment };
        await change(api(), inputs, "add_records", record, context.signal);
        const outputs = outputsOf(inputs, asText(inputs.comment));
        return { id: asText(outputs.id), outputs };
      }),
    read: (id, outputs, inputs, context) =>
      frameworkStep(context, async () => {
        if (outputs.zone === undefined) {
          throw new Error("Import with ID not supported. Use the identity of the record instead.");
        }
        const found = await api().find<{ rrset: Rrset }>(pathOf(outputs), context.signal);
        const record = found?.rrset.records.find(({ value }) => value === outputs.value);
        if (record === undefined) return undefined;
        const now = outputsOf(outputs, record.comment ?? "");
        return { id, outputs: now, inputs: refreshed(inputs, now, []) };
      }),
    update: (_id, olds, news, context) =>
      frameworkStep(context, async () => {
        const comment = asText(news.comment ?? olds.outputs.comment);
        if (comment !== olds.outputs.comment) {
          await change(api(), news, "update_records", { value: news.value, comment }, context.signal);
        }
        return outputsOf(news, comment);
      }),
    delete: (_id, olds, context) =>
      frameworkStep(context, () =>
        change(api(), olds.outputs, "remove_records", { value: olds.outputs.value }, context.signal),
      ),
  };
}

function pathOf({ zone, name, type }: Known): string {
  return rrsetPath(asText(zone), `${asText(name)}/${asText(type)}`);
}

async function change(
  api: HcloudApi,
  properties: Known,
  action: string,
  record: object,
  signal: AbortSignal,
): Promise<void> {
  await api.wait([await act(api, pathOf(properties), action, { records: [record] }, signal)], signal);
}

function outputsOf(properties: Known, comment: string): Properties {
  const [zone, name, type, value] = ["zone", "name", "type", "value"].map((key) => asText(properties[key]));
  return { id: `${zone}/${name}/${type}/${value}`, zone, name, type, value, comment };
}
