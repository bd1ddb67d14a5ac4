/**
 * Planning 10,000 domains, one after the other: from the engine's flat configuration to the plan and the user-data.
 *
 * `plan-ms-per-domain`: processor time of the mean one, with the collector's, over 2 ms: a plan waits for nothing, so
 * that is its time on a machine with nothing else to do. `plan-growth`: the median of the last 1,000 over that of
 * the first 1,000 after a warm-up, so that what is kept between plans (a cache that grows, a list that is searched)
 * would show, and a moment in which the machine was busy does not.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { renderUserData } from "../cloud-init/renderUserData.ts";
import { placeholder } from "../cloud-init/sources.ts";
import { parseConfig } from "../stack/config/parseConfig.ts";
import { readRawConfig } from "../stack/config/readRawConfig.ts";
import { planMailServer } from "../stack/planMailServer.ts";
import { exampleConfig } from "./exampleConfig.ts";
import { median, type Ratio } from "./ratio.ts";

const DOMAINS = 10_000;
const WINDOW = 1_000;
const GOAL_MS = 2;

const files = new Map<string, string>();
function asset(name: string): string {
  const known = files.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(join(import.meta.dirname, "../cloud-init/files", name), "utf8");
  files.set(name, text);
  return text;
}

function planOne(shared: Readonly<Record<string, string>>, domain: string): void {
  const all = { ...shared, "mailstead:domain": domain };
  const { config, issues } = parseConfig(readRawConfig(all));
  if (config === undefined) throw new Error(`${domain} does not plan: ${JSON.stringify(issues)}`);
  const { plan } = planMailServer(config);
  const text = renderUserData(plan.server.boot, { slot: placeholder, asset });
  if (plan.records.length === 0 || !text.includes(domain)) throw new Error(`${domain} has an empty plan`);
}

interface Times {
  /** Wall-clock time of each domain, in milliseconds. */
  readonly each: readonly number[];
  /** Processor time of the mean domain, in milliseconds. */
  readonly processor: number;
}

/** Times for {@link DOMAINS} domains, each another one. */
function timeDomains(): Times {
  const shared = exampleConfig();
  // Each domain is its own zone.
  const dns = JSON.parse(shared["mailstead:dns"] ?? "{}") as Record<string, unknown>;
  delete dns["zone"];
  shared["mailstead:dns"] = JSON.stringify(dns);
  for (let number = 0; number < WINDOW; number += 1) planOne(shared, `warm-${number}.example.net`);
  const each: number[] = [];
  const before = process.cpuUsage();
  for (let number = 0; number < DOMAINS; number += 1) {
    const domain = `customer-${number}.co.uk`;
    const start = performance.now();
    planOne(shared, domain);
    each.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { each, processor: (user + system) / 1000 / DOMAINS };
}

/** Planning time and its growth. */
export function benchPlan(): readonly Ratio[] {
  const { each, processor } = timeDomains();
  const first = median(each.slice(0, WINDOW));
  const last = median(each.slice(-WINDOW));
  return [
    {
      name: "plan-ms-per-domain",
      value: processor / GOAL_MS,
      goal: 1,
      detail: `${DOMAINS} domains, ${processor.toFixed(3)} ms each, of ${GOAL_MS} ms`,
    },
    {
      name: "plan-growth",
      value: last / first,
      goal: 1.2,
      detail: `first ${WINDOW} ${first.toFixed(3)} ms each, last ${WINDOW} ${last.toFixed(3)} ms each`,
    },
  ];
}
