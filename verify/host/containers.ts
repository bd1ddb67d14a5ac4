/** Compares the containers on the host with the plan. */
import type { PlannedContainer } from "../../stack/model/plan.ts";
import type { AskHost, Finding } from "../model/finding.ts";
import { COMMAND } from "../../stack/values/command.ts";

/** Lines of a log that are shown for a container that does not run. */
const LOG_LINES = 8;

interface Seen {
  readonly State: string;
  readonly Status: string;
  readonly Names: string;
}

/** Longest text of a health check that is shown. */
const CHECK_LENGTH = 300;

/**
 * `docker ps -a` as JSON lines, then for each container that is not well its name, what its health checks said, and the
 * end of its log. Every line says by its beginning what it is, so that nothing in a log can be taken for anything else.
 */
const SCRIPT = `
set -euo pipefail
docker ps -a --no-trunc --format '{{json .}}'
docker ps -a --format '{{.Names}}\t{{.State}}\t{{.Status}}' | while IFS=$(printf '\\t') read -r name state status; do
  case "$state $status" in
  running*unhealthy* | running*'health: starting'*) ;;
  running*) continue ;;
  esac
  echo "== $name"
  if [ "$state" = running ]; then echo "+ $(docker inspect --format '{{json .State.Health}}' "$name" || true)"; fi
  { docker logs --tail ${String(LOG_LINES)} "$name" 2>&1 || true; } | awk '{ print "| " $0 }'
done
`;

interface Told {
  readonly seen: ReadonlyMap<string, Seen>;
  /** What the last health check said and ends of logs, by name. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

/** The last health check's own words, where it failed (Docker Engine API, `State.Health`; null without a check). */
function readLastCheck(json: string): string[] {
  if (json === "") return [];
  const health = JSON.parse(json) as { Log?: readonly { ExitCode: number; Output: string }[] | null } | null;
  const last = health?.Log?.at(-1);
  const [words = ""] = (last?.Output ?? "").trim().split("\n");
  return last === undefined || last.ExitCode === 0 || words === ""
    ? []
    : [`health check: ${words.slice(0, CHECK_LENGTH)}`];
}

function readAnswer(text: string): Told {
  const seen = new Map<string, Seen>();
  const logs = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("{")) {
      const container = JSON.parse(line) as Seen;
      seen.set(container.Names, container);
    } else if (line.startsWith("== ")) {
      current = [];
      logs.set(line.slice(3), current);
    } else if (line.startsWith("+ ")) current.push(...readLastCheck(line.slice(2).trim()));
    else if (line.length > 2) current.push(line.slice(2));
  }
  return { seen, logs };
}

const BRING_BACK = "pulumi up --refresh --run-program";

function judge(planned: PlannedContainer, seen: Seen | undefined, log: readonly string[]): Finding {
  const { name, healthCheck } = planned;
  const subject = `container ${name}`;
  if (seen === undefined) return { subject, state: "bad", seen: "is not there", fix: BRING_BACK };
  const bad = { subject, state: "bad", seen: seen.Status, detail: log } as const;
  const lookInside = `${COMMAND} logs ${name}`;
  // Docker starts it again and again: what ends it is in its own log, and no `up` mends that.
  if (seen.State === "restarting") return { ...bad, fix: `mend what ends it: ${lookInside}` };
  if (seen.State === "paused") return { ...bad, fix: `${COMMAND} ssh -- docker unpause ${name}` };
  if (seen.State !== "running") return { ...bad, fix: BRING_BACK };
  if (seen.Status.includes("(unhealthy)")) return { ...bad, fix: lookInside };
  if (healthCheck === undefined || seen.Status.includes("(healthy)"))
    return { subject, state: "ok", seen: seen.Status };
  return { ...bad, state: "warn", fix: `look again in a minute; what it does: ${lookInside}` };
}

/** One finding a planned container, in the plan's order, and one for each that nobody planned. */
export async function checkContainers(
  planned: readonly PlannedContainer[],
  ask: AskHost,
): Promise<Finding[]> {
  const { seen, logs } = readAnswer(await ask(SCRIPT));
  const findings = planned.map((row) => judge(row, seen.get(row.name), logs.get(row.name) ?? []));
  const names = new Set(planned.map(({ name }) => name));
  for (const name of seen.keys()) {
    if (!names.has(name))
      findings.push({ subject: `container ${name}`, state: "warn", seen: "is not in the plan" });
  }
  return findings;
}
