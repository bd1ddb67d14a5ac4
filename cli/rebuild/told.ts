/** What a rebuild says while it goes on: beside a JSON document, on standard error. */
import process from "node:process";
import type { Printed } from "../engine.ts";
import { print } from "../output/terminal.ts";

export interface Told {
  readonly to: Printed;
  readonly say: (text: string) => void;
}

export function tellTo(json: boolean | undefined): Told {
  if (json !== true) return { to: "stdout", say: print };
  return { to: "stderr", say: (text) => process.stderr.write(`${text}\n`) };
}
