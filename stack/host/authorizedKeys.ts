/** The file that lets people and the deploy in. */
import type { Config } from "../model/config.ts";
import type { PlannedFile } from "../model/plan.ts";
import { slot, template } from "../values/slots.ts";

/**
 * Who may be root by SSH: the deploy and the people of the configuration. The file is written whole, over what the first
 * boot and the vendor put there, so that nobody else keeps a way in.
 */
export function authorizedKeys({ server }: Config): PlannedFile {
  const other = server.deployKeys.length > 1 ? template`${slot("otherDeployPublicKey")}\n` : [];
  const people = server.adminKeys.map((key) => `${key}\n`).join("");
  const head = "# Written by Mailstead from its configuration. Changes here are lost with the next deploy.\n";
  const content = [head, slot("deployPublicKey"), "\n", ...other, people];
  return { role: "authorized-keys", path: "/root/.ssh/authorized_keys", mode: "0600", content };
}
