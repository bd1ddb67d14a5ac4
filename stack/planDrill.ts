/** The plan of a drill: a pure function of the live stack's configuration, as that of the live server is. */
import { drillConfig } from "./drill/drillConfig.ts";
import { drillPlan } from "./drill/drillPlan.ts";
import type { DrillOf } from "./drill/drillStack.ts";
import type { Config } from "./model/config.ts";
import type { Plan } from "./model/plan.ts";
import { planMailServer } from "./planMailServer.ts";

/** Plans it. What is wrong with the records of the live server is no matter here: there are none. */
export function planDrill(live: Config, drill: DrillOf): { readonly config: Config; readonly plan: Plan } {
  const config = drillConfig(live, drill);
  return { config, plan: drillPlan(planMailServer(config).plan) };
}
