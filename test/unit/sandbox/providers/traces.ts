/** The recorded wire traces of the real plugins, and requests in a form in which two runs can be compared. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedSpecs } from "../../../support/shared.ts";

/** One recorded or logged request. */
export interface TracedRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly status?: number;
}

interface Scenario {
  readonly group: string;
  readonly scenario: string;
  readonly requests: readonly TracedRequest[];
}

/**
 * Requests of a recorded scenario.
 * @throws Error when there is no such scenario.
 */
export function recorded(
  file: "hcloud" | "cloudflare" | "digitalocean",
  group: string,
  scenario: string,
): readonly TracedRequest[] {
  const path = join(sharedSpecs ?? "", "traces", `${file}.json`);
  const all = JSON.parse(readFileSync(path, "utf8")) as Scenario[];
  const found = all.find((one) => one.group === group && one.scenario === scenario);
  if (found === undefined) throw new Error(`no trace ${group}: ${scenario}`);
  return found.requests;
}

/**
 * Requests as text, ids and addresses replaced by the order of their first appearance, so that two vendors that count
 * differently give the same. Polls are left out: how many there are is the vendor's doing. Lists in bodies whose order
 * means nothing are sorted; settings of a Cloudflare record that are off are left out, as they are the vendor's answer.
 */
export function comparable(requests: readonly TracedRequest[]): string[] {
  const ids = new Map<string, string>();
  const name = (id: string): string => {
    const known = ids.get(id) ?? `#${ids.size + 1}`;
    ids.set(id, known);
    return known;
  };
  return requests
    .filter(({ path }) => path !== "/v1/actions")
    .map(({ method, path, query, body }) =>
      JSON.stringify({ method, path, query, body: sorted(body) })
        .replace(/203\.0\.113\.\d+/g, "IPv4")
        .replace(/2001:db8:[0-9a-f:]+/g, "IPv6")
        .replace(/ubuntu-24\.04|debian-13/g, "IMAGE")
        .replace(/AAAAC3[A-Za-z0-9+/=]+/g, "KEY")
        .replace(/\b([0-9a-f]{32}|\d{4,})\b/g, name),
    );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "user_data");
  const off = (key: string, item: unknown): boolean =>
    item === false && /^(flatten_cname|ipv[46]_only)$/.test(key);
  const told = entries.filter(([key, item]) => !off(key, item)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(told.map(([key, item]) => [key, sorted(item)]));
}
