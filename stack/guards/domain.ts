/**
 * Another mail domain in the same stack.
 *
 * Names, certificate, keys and mail of the old domain would be renamed in place, and whatever looks for what the stack
 * has would look for the new name and find nothing.
 */
import { COMMAND } from "../values/command.ts";
import type { Guard } from "./guard.ts";

export const keepsDomain: Guard = ({ config }, { domain }) => {
  if (domain === undefined || domain === config.domain) return [];
  return [
    {
      path: "mailstead:domain",
      rule: "domain-changed",
      severity: "error",
      message:
        `this stack is the mail server of ${domain}: with ${config.domain} in its place, ` +
        `${domain} would lose its records, its reverse names and its mail`,
      fix:
        `set it back: pulumi config set mailstead:domain ${domain}. For ${config.domain}, make a stack of its own: ` +
        `${COMMAND} init ${config.domain} --stack NAME. To give ${domain} up for good, set it back, tear this stack down ` +
        "(README, Tear it down), and set the new domain then",
    },
  ];
};
