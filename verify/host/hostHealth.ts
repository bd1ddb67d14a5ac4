/** How the host itself is: room on its disks, memory, mail that waits to leave, the clock, and whether it wants a restart. */
import type { NextServerHas } from "../../stack/model/plan.ts";
import type { AskHost, Finding } from "../model/finding.ts";
import { judgeMailQueue, QUEUE_SCRIPT } from "./mailQueue.ts";

/** From where on a value is a warning, and from where on it is bad. */
export const HEALTH_LIMITS = {
  /** Share of a disk's room, or of its inodes, that is used. Databases stop writing when there is none left. */
  diskUsed: { warn: 0.8, bad: 0.9 },
  /** Share of the memory that is available; below, the kernel ends programs. */
  memoryAvailable: { warn: 0.1, bad: 0.05 },
  /** Seconds between the host's clock and the one here: one-time passwords allow 30, certificates minutes. */
  clockOffset: { warn: 30, bad: 300 },
} as const;

/** Each line begins with what it tells. */
const SCRIPT = `
df --block-size=1 --output=source,target,pcent,ipcent,avail / /var/lib/docker /root/forwardemail.net/self-hosting 2>/dev/null |
  awk 'NR > 1 && !seen[$1]++ { print "disk", $2, $3, $4, $5 }'
awk '/^(MemTotal|MemAvailable):/ { print "memory", $1, $2 }' /proc/meminfo
echo "clock $(date +%s.%N) $(timedatectl show --property=NTPSynchronized --value 2>/dev/null || echo unknown)"
if [ -e /run/reboot-required ]; then
  echo "reboot $(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\\n' ' ')"
else
  newest=$(ls /boot/vmlinuz-* 2>/dev/null | sed 's/.*vmlinuz-//' | sort -V | tail -n 1)
  if [ -n "$newest" ] && [ "$newest" != "$(uname -r)" ]; then echo "reboot linux $newest in place of $(uname -r)"; fi
fi
${QUEUE_SCRIPT}`;

type Judged = Omit<Finding, "subject">;

function splitLines(lines: readonly string[], head: string): string[][] {
  return lines.filter((line) => line.startsWith(`${head} `)).map((line) => line.split(" ").slice(1));
}

/** A value that grows worse as it grows. */
function grade(
  value: number,
  { warn, bad }: { readonly warn: number; readonly bad: number },
): Finding["state"] {
  if (value >= bad) return "bad";
  return value >= warn ? "warn" : "ok";
}

const WORSE = { ok: 0, warn: 1, bad: 2 } as const;

/** A finding that is well has no next step. */
function writeJudged(state: Finding["state"], seen: string, fix: string): Judged {
  return state === "ok" ? { state, seen } : { state, seen, fix };
}

function writeGib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

function writeDuration(seconds: number): string {
  if (seconds < 120) return `${String(Math.round(seconds))} s`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min`;
  return `${String(Math.round(seconds / 3600))} h`;
}

/**
 * What a larger machine would be. A new generation deletes the old server: where the mail would go with it, none is advised.
 */
function adviseLarger(what: string, nextHas: NextServerHas): string {
  if (nextHas === "nothing")
    return `a larger mailstead:server.type counts for a new server alone, which starts empty: it does not help here`;
  const begins = nextHas === "volume" ? "takes over the data volume" : "begins with a backup of this one";
  return `${what} with a larger mailstead:server.type and a new generation, which ${begins}`;
}

function judgeDisks(lines: readonly string[], nextHas: NextServerHas): Finding[] {
  const found = splitLines(lines, "disk").map(
    ([target = "", used = "", inodes = "", available = ""]): Finding => {
      const [room, files] = [Number.parseInt(used, 10) / 100, (Number.parseInt(inodes, 10) || 0) / 100];
      const [ofRoom, ofFiles] = [grade(room, HEALTH_LIMITS.diskUsed), grade(files, HEALTH_LIMITS.diskUsed)];
      const state = WORSE[ofRoom] >= WORSE[ofFiles] ? ofRoom : ofFiles;
      const seen = `${used} used, ${writeGib(Number(available))} free${ofFiles === "ok" ? "" : `; ${inodes} of its inodes used`}`;
      const fix = `see what is large: ./mailstead ssh -- du -xh --max-depth 3 ${target} | sort -h | tail; ${adviseLarger("a larger disk comes", nextHas)}`;
      return { subject: `disk ${target}`, ...writeJudged(state, seen, fix) };
    },
  );
  if (found.length > 0) return found;
  return [
    {
      subject: "disk",
      state: "bad",
      seen: "the host did not say how full it is",
      fix: "./mailstead ssh -- df",
    },
  ];
}

function judgeMemory(lines: readonly string[], nextHas: NextServerHas): Judged {
  const sizes = new Map(
    splitLines(lines, "memory").map(([name = "", kib = ""]) => [name, Number(kib) * 1024]),
  );
  const [total, available] = [sizes.get("MemTotal:"), sizes.get("MemAvailable:")];
  if (total === undefined || available === undefined)
    return { state: "bad", seen: "the host did not say how much is left", fix: "./mailstead ssh -- free -h" };
  const { warn, bad } = HEALTH_LIMITS.memoryAvailable;
  // Turned round, as here less is worse.
  const state = grade(1 - available / total, { warn: 1 - warn, bad: 1 - bad });
  const fix = `see what takes it: ./mailstead ssh -- docker stats --no-stream; ${adviseLarger("more comes", nextHas)}`;
  return writeJudged(state, `${writeGib(available)} of ${writeGib(total)} available`, fix);
}

/** @param here this machine's time in seconds, and how far from it the moment may be at which the host was asked. */
function judgeClock(
  lines: readonly string[],
  here: { readonly seconds: number; readonly within: number },
): Judged {
  const [[time = "", synchronised = "unknown"] = []] = splitLines(lines, "clock");
  const offset = Math.max(0, Math.abs(Number(time) - here.seconds) - here.within);
  const state = grade(offset, HEALTH_LIMITS.clockOffset);
  if (state !== "ok" || Number.isNaN(offset)) {
    const seen = `the host's clock and this machine's differ by ${writeDuration(offset)}`;
    return {
      state: state === "ok" ? "bad" : state,
      seen,
      fix: "set right the one that is wrong: ./mailstead ssh -- timedatectl",
    };
  }
  if (synchronised === "yes") return { state: "ok", seen: "synchronised, and the same as here" };
  const fix = "./mailstead ssh -- timedatectl set-ntp true";
  return { state: "warn", seen: "the same as here, but not synchronised by NTP", fix };
}

function judgeRestart(lines: readonly string[]): Judged {
  const [reason] = splitLines(lines, "reboot");
  if (reason === undefined) return { state: "ok", seen: "none is pending" };
  const what = reason.join(" ").trim();
  const seen = `updates wait for one${what === "" ? "" : ` (${what})`}`;
  return {
    state: "warn",
    seen,
    fix: "./mailstead ssh -- systemctl reboot; senders keep mail that cannot come in, and try again",
  };
}

/**
 * Findings about the host, in the order in which they hurt.
 *
 * @param nextHas what of its mail the next server would have.
 */
export async function checkHostHealth(
  ask: AskHost,
  nextHas: NextServerHas,
  now: () => number = Date.now,
): Promise<Finding[]> {
  const asked = now();
  const lines = (await ask(SCRIPT)).split("\n");
  const answered = now();
  const here = { seconds: (asked + answered) / 2000, within: (answered - asked) / 2000 };
  return [
    ...judgeDisks(lines, nextHas),
    { subject: "memory", ...judgeMemory(lines, nextHas) },
    ...judgeMailQueue(lines),
    { subject: "clock", ...judgeClock(lines, here) },
    { subject: "restart", ...judgeRestart(lines) },
  ];
}
