/** What no import brings back: keys and secrets are in the state alone. Pure. */
import type { Finding } from "../model/finding.ts";
import { isServer, thingTypes } from "../../stack/vendors/cloudThings.ts";
import { isMarker } from "../../stack/model/markers.ts";
import { chooseLogicalName, urnIn, type ImportFile } from "./importFile.ts";

const KEY_TYPES = ["tls:index/privateKey:PrivateKey"];
const SECRET_TYPES = ["random:index/randomPassword:RandomPassword", "random:index/randomBytes:RandomBytes"];

function listNames({ resources = [] }: ImportFile, types: readonly string[]): string[] {
  const names = resources.filter(({ type }) => types.includes(type)).map(chooseLogicalName);
  return names.filter((name) => !isMarker(name));
}

/**
 * Says plainly that keys and secrets are made anew, with the next step, where things that were made with the old ones
 * are still there.
 *
 * @param creates what a preview would create.
 * @param file what of it is taken over.
 */
export function findLostKeys(
  creates: ImportFile,
  file: ImportFile,
  { project, stack }: { readonly project: string; readonly stack: string },
): Finding[] {
  const vendor = thingTypes();
  const taken = file.resources?.filter(({ type }) => vendor.includes(type)) ?? [];
  const lost = [...listNames(creates, KEY_TYPES), ...listNames(creates, SECRET_TYPES)];
  if (taken.length === 0 || lost.length === 0) return [];
  const server = taken.find(isServer);
  const fix =
    server === undefined
      ? "`pulumi up` makes new ones; whoever pinned the old host key must forget it"
      : "with an own admin key copy from the server what you need, its .env with the old secrets too; then " +
        `pulumi up --replace '${urnIn(file, server, stack, project)}'`;
  return [
    {
      subject: "keys and secrets",
      state: "warn",
      seen: `cannot be imported, as they were in the lost state alone (${lost.join(", ")}): new ones are made, so the DKIM record changes and the old server lets nobody in by the deploy key`,
      fix: `if a copy of the state is left, take that instead: pulumi stack import --file COPY; else ${fix}`,
    },
  ];
}
