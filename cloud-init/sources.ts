/** Where late values and whole files come from; handed in, so that rendering stays pure. */
import type { SlotName } from "../stack/values/slots.ts";

export interface Sources {
  /** Value of a slot. */
  slot(name: SlotName): string;
  /** Text of a file under `cloud-init/files/`. */
  asset(name: string): string;
}

/** Stands for every slot where the value must not matter: hashes, previews, `render` without secrets. */
export function placeholder(name: SlotName): string {
  return `<${name}>`;
}
