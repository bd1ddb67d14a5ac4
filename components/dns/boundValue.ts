/** The data of a planned record as text, as soon as its slots are known. */
import type * as pulumi from "@pulumi/pulumi";
import { canonicalValue } from "../../stack/dns/canonical.ts";
import type { PlannedRecord } from "../../stack/model/plan.ts";
import { bind, type SlotValues } from "../bind.ts";

/** Canonical data in the form that a provider wants. */
export function boundValue(
  record: PlannedRecord,
  values: SlotValues,
  form: (value: string) => string,
): pulumi.Input<string> {
  switch (record.type) {
    case "A":
    case "AAAA":
      return formed(bind(record.address, values), form);
    case "TXT":
      return formed(bind(record.text, values), form);
    case "CNAME":
    case "NS":
    case "MX":
    case "SRV":
    case "CAA":
      return form(canonicalValue(record));
  }
}

function formed(
  value: string | pulumi.Output<string>,
  form: (value: string) => string,
): pulumi.Input<string> {
  return typeof value === "string" ? form(value) : value.apply(form);
}
