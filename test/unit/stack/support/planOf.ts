/** Plans a configuration that must be good. */
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import type { Config } from "../../../../stack/model/config.ts";
import type { Issue } from "../../../../stack/model/issue.ts";
import type { Plan } from "../../../../stack/model/plan.ts";
import { fill, type SlotName } from "../../../../stack/values/slots.ts";
import { planMailServer } from "../../../../stack/planMailServer.ts";
import type { Raw } from "./validRaw.ts";

/** The configuration; throws with every fault. */
export function configOf(raw: Raw): Config {
  const { config, issues } = parseConfig(raw);
  if (config === undefined) throw new Error(JSON.stringify(issues, null, 1));
  return config;
}

export function planned(raw: Raw): { plan: Plan; issues: Issue[] } {
  return planMailServer(configOf(raw));
}

/** The plan; throws when it has an issue. */
export function planOf(raw: Raw): Plan {
  const { plan, issues } = planned(raw);
  if (issues.length > 0) throw new Error(JSON.stringify(issues, null, 1));
  return plan;
}

/** Text of a planned file; late values are what `value` gives. Throws where the plan has no such text. */
export function textOf(
  { files }: Pick<Plan, "files">,
  role: string,
  value: (name: SlotName) => string = (name) => `<${name}>`,
): string {
  const content = files.find((file) => file.role === role)?.content;
  if (content === undefined || "asset" in content) throw new Error(`the plan has no text for ${role}`);
  return fill(content, value);
}
