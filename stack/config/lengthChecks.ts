/** Checks on lengths that follow from more than one value. */
import type { Issue } from "../model/issue.ts";
import { isDrillName } from "../drill/drillStack.ts";
import { LENGTHS } from "../values/lengths.ts";
import { hostNames } from "../services/names.ts";
import type { Draft } from "./draft.ts";
import { errorAt } from "./readSection.ts";

/** Every machine and container bears a name under the domain, which other servers are greeted with: none is cut short. */
export function checkHostNames({ top, mail }: Draft): readonly Issue[] {
  const { domain } = top;
  if (domain === undefined) return [];
  const { most, source } = LENGTHS.hostName;
  // Where it could not be read whether there are mailboxes, the names that are needed anyway.
  const [longest = ""] = [...hostNames(domain, mail.storage ?? false)].sort((a, b) => b.length - a.length);
  if (longest.length <= most) return [];
  const message = `the host name ${longest} has ${longest.length} bytes, and Linux takes ${most}`;
  const fix = `use a domain of ${most - (longest.length - domain.length)} bytes at most`;
  return [errorAt("mailstead:domain", { rule: "host-name-too-long", message, fix, source })];
}

/** A stack's name marks what belongs to it at the vendor, where it is the value of a label. */
export function checkStackLabel(stack: string): readonly Issue[] {
  const { most, source } = LENGTHS.stackName;
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(stack) && stack.length <= most) return [];
  const message = `the vendor takes no label such as ${JSON.stringify(stack)}, which marks what belongs to the stack`;
  const fix = `make a stack whose name begins and ends with a letter or digit, ${most} characters at most: pulumi stack rename NAME`;
  return [errorAt("name of the stack", { rule: "stack-name", message, fix, source })];
}

/** The same of a stack that is no drill: names that end as those of drills do are kept for them, which are deleted whole. */
export function checkStackName(stack: string): readonly Issue[] {
  const issues = checkStackLabel(stack);
  if (issues.length > 0 || !isDrillName(stack)) return issues;
  const message = `${stack} is a name for recovery drills, which delete what bears it`;
  const fix = `take another one: pulumi stack rename NAME --stack ${stack}`;
  return [errorAt("name of the stack", { rule: "stack-name", message, fix })];
}
