/** The data of a planned record as text, as soon as its slots are known. */
import type * as pulumi from "@pulumi/pulumi";
import { valueTemplate } from "../../stack/dns/types/recordData.ts";
import type { PlannedRecord } from "../../stack/model/plan.ts";
import { bind, type SlotValues } from "../bind.ts";

/** Canonical data in the form that a provider wants. */
export function boundValue(
  record: PlannedRecord,
  values: SlotValues,
  form: (value: string) => string,
): pulumi.Input<string> {
  const value = bind(valueTemplate(record), values);
  return typeof value === "string" ? form(value) : value.apply(form);
}
