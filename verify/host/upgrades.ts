/** What the host does by itself at night, as it wrote it down. */
import { compareVersions, readVersion } from "../../stack/guards/imageVersion.ts";
import type { UpgradesConfig } from "../../stack/model/config.ts";
import { UPGRADES_STATE, UPGRADES_TIMER } from "../../stack/mail/upgrades.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { AskHost, Finding } from "../model/finding.ts";

const SCRIPT = `
date -u +now=%s
stat -c since=%Y /etc/systemd/system/timers.target.wants/${UPGRADES_TIMER} 2>/dev/null || true
echo "state=$(cat ${UPGRADES_STATE} 2>/dev/null || echo '{}')"
`;

/** Two nights, and what a clock that changes may take. */
const LATE_HOURS = 50;

/** As the host wrote it down; dates are UTC, of its clock. */
interface UpgradesState {
  readonly system?: {
    readonly at: string;
    readonly installed: readonly string[];
    /** Packages with a newer version, of whatever origin; null where apt did not say. */
    readonly waiting: number | null;
    readonly failed: string | null;
  };
  readonly releases?: { readonly at: string; readonly newest: string | null; readonly failed: string | null };
  /** The last restart that updates needed. */
  readonly restarted?: string;
}

interface Answer {
  readonly now: number;
  readonly since: number | undefined;
  readonly state: UpgradesState;
}

type Judged = Omit<Finding, "subject">;

const RUN = `${COMMAND} ssh -- systemctl start mailstead-upgrades`;
const SEEN_BY = `${COMMAND} ssh -- journalctl -u mailstead-upgrades -n 50`;

function read(answer: string): Answer {
  const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, "m").exec(answer)?.[1];
  const since = value("since");
  return {
    now: Number(value("now")),
    since: since === undefined ? undefined : Number(since),
    state: JSON.parse(value("state") ?? "") as UpgradesState,
  };
}

/** Fault of a question that should have been asked every night; undefined where it was. */
function judgeAge({ now, since }: Answer, at: string | undefined): Judged | undefined {
  if (since === undefined) return { state: "bad", seen: "the host's timer is off", fix: "pulumi up" };
  const last = at === undefined ? since : Date.parse(at) / 1000;
  if (now - last > LATE_HOURS * 3600) {
    const seen =
      at === undefined ? "never ran since the timer was switched on" : `last ran on ${at}, which is late`;
    return { state: "warn", seen, fix: `${RUN}; what it said: ${SEEN_BY}` };
  }
  return at === undefined ? { state: "ok", seen: "first run in the coming night" } : undefined;
}

function judgeSystem(answer: Answer): Judged {
  const { system, restarted } = answer.state;
  const age = judgeAge(answer, system?.at);
  if (age !== undefined || system === undefined) return age ?? { state: "ok", seen: "" };
  if (system.failed !== null)
    return {
      state: "bad",
      seen: `failed on ${system.at}: ${system.failed}`,
      fix: `mend the cause, then: ${RUN}`,
    };
  const { installed, waiting } = system;
  const what = installed.length === 0 ? "nothing to install" : `installed ${installed.join(", ")}`;
  const others = waiting === null || waiting === 0 ? "" : `; ${String(waiting)} other updates wait for you`;
  const again = restarted === undefined ? "" : `; last restart for updates: ${restarted}`;
  return { state: "ok", seen: `last ran on ${system.at}: ${what}${others}${again}` };
}

function judgeReleases(answer: Answer, running: string): Judged {
  const { releases } = answer.state;
  const age = judgeAge(answer, releases?.at);
  if (age !== undefined || releases === undefined) return age ?? { state: "ok", seen: "" };
  if (releases.failed !== null)
    return {
      state: "warn",
      seen: `the registry could not be asked on ${releases.at}: ${releases.failed}`,
      fix: RUN,
    };
  const { newest } = releases;
  if (newest === null || !isNewer(newest, running))
    return { state: "ok", seen: `${running} is the newest, as of ${releases.at}` };
  return {
    state: "warn",
    seen: `${newest} is published, and ${running} runs`,
    fix: `${COMMAND} upgrade ${newest}`,
  };
}

/** Numbers of a whole release. */
const PARTS = 3;

function isNewer(one: string, other: string): boolean {
  const [a, b] = [readVersion(one), readVersion(other)];
  return a !== undefined && b !== undefined && compareVersions(a, b, PARTS) > 0;
}

/** Findings on the system's updates and on releases, as far as the configuration has the host look. */
export async function checkUpgrades(
  ask: AskHost,
  { system, releases }: UpgradesConfig,
  running: string,
): Promise<Finding[]> {
  const answer = read(await ask(SCRIPT));
  return [
    ...(system === "security" ? [{ subject: "security updates", ...judgeSystem(answer) }] : []),
    ...(releases === "propose" ? [{ subject: "releases", ...judgeReleases(answer, running) }] : []),
  ];
}
