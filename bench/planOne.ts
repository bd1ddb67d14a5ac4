/** One plan as a bench makes it: from the engine's flat configuration of a domain to the plan and the user-data. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderUserData } from "../cloud-init/renderUserData.ts";
import { placeholder } from "../cloud-init/sources.ts";
import { parseConfig } from "../stack/config/parseConfig.ts";
import { readRawConfig } from "../stack/config/readRawConfig.ts";
import { planMailServer } from "../stack/planMailServer.ts";
import { exampleConfig } from "./exampleConfig.ts";

const files = new Map<string, string>();
function asset(name: string): string {
  const known = files.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(join(import.meta.dirname, "../cloud-init/files", name), "utf8");
  files.set(name, text);
  return text;
}

const shared = exampleConfig();
// Each domain is its own zone.
const dns = JSON.parse(shared["mailstead:dns"] ?? "{}") as Record<string, unknown>;
delete dns["zone"];
shared["mailstead:dns"] = JSON.stringify(dns);

/** @throws where the domain has no plan, which no measurement may pass over. */
export function planOne(domain: string): void {
  const { config, issues } = parseConfig(readRawConfig({ ...shared, "mailstead:domain": domain }));
  if (config === undefined) throw new Error(`${domain} does not plan: ${JSON.stringify(issues)}`);
  const { plan } = planMailServer(config);
  const text = renderUserData(plan.server.boot, { slot: placeholder, asset });
  if (plan.records.length === 0 || !text.includes(domain)) throw new Error(`${domain} has an empty plan`);
}

let planned = 0;

/** Plans so many domains, each another one. @returns processor time of the mean one in milliseconds, the collector's with it. */
export function planMany(domains: number): number {
  const before = process.cpuUsage();
  for (let number = 0; number < domains; number += 1) planOne(`customer-${planned++}.co.uk`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / domains;
}
