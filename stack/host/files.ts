/** Whole files from `cloud-init/files/` at their places on the host. */
import type { PlannedFile } from "../model/plan.ts";
import { shellQuote } from "../values/shellQuote.ts";
import { SCRIPTS } from "./paths.ts";

const UNITS = "/etc/systemd/system";
const RELOAD_UNITS = "systemctl daemon-reload";

/** A script. */
export function script(role: string, asset: string): PlannedFile {
  return { role, path: `${SCRIPTS}/${asset}`, mode: "0755", content: { asset } };
}

/** A unit of systemd. */
export function unit(role: string, asset: string): PlannedFile {
  return { role, path: `${UNITS}/${asset}`, mode: "0644", content: { asset }, afterChange: RELOAD_UNITS };
}

/** A file that adds to a unit of somebody else's, under the name of what it is for. */
export function dropIn(role: string, unitName: string, asset: string): PlannedFile {
  const [, name = ""] = /-(.*)$/.exec(asset) ?? [];
  const path = `${UNITS}/${unitName}.d/mailstead-${name}`;
  return { role, path, mode: "0644", content: { asset }, afterChange: RELOAD_UNITS };
}

/** Settings that a script reads, as a shell file. The values are words that the checks have let through. */
export function settingsText(settings: readonly (readonly [name: string, value: string])[]): string {
  return settings.map(([name, value]) => `${name}=${shellQuote(value)}\n`).join("");
}
