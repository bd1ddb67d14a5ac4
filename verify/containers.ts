/** Compares the containers on the host with the plan. */
import type { PlannedContainer } from "../stack/plan.ts";
import type { AskHost, Finding } from "./finding.ts";

/** Lines of a log that are shown for a container that does not run. */
const LOG_LINES = 8;

interface Seen {
  readonly State: string;
  readonly Status: string;
  readonly Names: string;
}

/** `docker ps -a` as JSON lines, then per container that is not well the end of its log. */
const SCRIPT = `
docker ps -a --no-trunc --format '{{json .}}'
echo ---
docker ps -a --format '{{.Names}}\t{{.State}}\t{{.Status}}' | while IFS=$(printf '\\t') read -r name state status; do
  case "$state $status" in
  running*unhealthy* | [!r]*) echo "== $name"; docker logs --tail ${String(LOG_LINES)} "$name" 2>&1 ;;
  esac
done
`;

function logsByName(text: string): Map<string, string[]> {
  const logs = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("== ")) {
      current = [];
      logs.set(line.slice(3), current);
    } else if (line !== "") current.push(line);
  }
  return logs;
}

function judge(planned: PlannedContainer, seen: Seen | undefined, log: readonly string[]): Finding {
  const subject = `container ${planned.name}`;
  if (seen === undefined) {
    return { subject, state: "bad", seen: "is not there", fix: "pulumi up --refresh --run-program" };
  }
  if (seen.State !== "running") {
    return {
      subject,
      state: "bad",
      seen: seen.Status,
      fix: "pulumi up --refresh --run-program",
      detail: log,
    };
  }
  if (seen.Status.includes("(unhealthy)")) {
    return { subject, state: "bad", seen: seen.Status, fix: `mailstead logs ${planned.name}`, detail: log };
  }
  const starting = planned.healthCheck !== undefined && !seen.Status.includes("(healthy)");
  return { subject, state: starting ? "warn" : "ok", seen: seen.Status };
}

/** One finding a planned container, in the plan's order, and one for each that nobody planned. */
export async function checkContainers(
  planned: readonly PlannedContainer[],
  ask: AskHost,
): Promise<Finding[]> {
  const [list = "", tails = ""] = (await ask(SCRIPT)).split("---\n");
  const seen = new Map(
    list
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Seen)
      .map((container) => [container.Names, container]),
  );
  const logs = logsByName(tails);
  const findings = planned.map((row) => judge(row, seen.get(row.name), logs.get(row.name) ?? []));
  const names = new Set(planned.map(({ name }) => name));
  for (const name of seen.keys()) {
    if (!names.has(name))
      findings.push({ subject: `container ${name}`, state: "warn", seen: "is not in the plan" });
  }
  return findings;
}
