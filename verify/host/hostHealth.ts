/** How the host itself is: room on its disks, memory, mail that waits to leave, the clock, and whether it wants a restart. */
import { EMAILS_URI } from "../../stack/mail/upstreamVariables.ts";
import type { ServiceName } from "../../stack/services/table.ts";
import type { AskHost, Finding } from "../model/finding.ts";

/** From where on a value is a warning, and from where on it is bad. */
export const HEALTH_LIMITS = {
  /** Share of a disk's room, or of its inodes, that is used. Databases stop writing when there is none left. */
  diskUsed: { warn: 0.8, bad: 0.9 },
  /** Share of the memory that is available; below, the kernel ends programs. */
  memoryAvailable: { warn: 0.1, bad: 0.05 },
  /** Age in seconds of the oldest mail that waits to leave; senders are told after days. */
  oldestMail: { warn: 3600, bad: 24 * 3600 },
  /** Seconds between the host's clock and the one here: one-time passwords allow 30, certificates minutes. */
  clockOffset: { warn: 30, bad: 300 },
} as const;

/** Container that sends what waits to leave. */
const SENDER: ServiceName = "smtp_bree";

/** Asks the app's own database driver, as the queue is its own: states of a mail that has still to leave. */
const QUEUE = `
const { MongoClient } = (() => { try { return require("mongoose").mongo; } catch { return require("mongodb"); } })();
const client = new MongoClient(${JSON.stringify(EMAILS_URI)}, { serverSelectionTimeoutMS: 5000 });
(async () => {
  const emails = client.db().collection("emails");
  const waiting = { status: { $in: ["pending", "queued", "deferred"] } };
  const count = await emails.countDocuments(waiting);
  const [oldest] = await emails.find(waiting).sort({ created_at: 1 }).limit(1).toArray();
  const seconds = oldest === undefined ? 0 : Math.round((Date.now() - oldest.created_at.getTime()) / 1000);
  console.log("queue " + count + " " + seconds);
  await client.close();
})().catch((error) => { console.log("queue ? " + error.message); process.exit(0); });
`;

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
timeout 20 docker exec -i ${SENDER} node - 2>&1 <<'SCRIPT' || echo "queue ? the container ${SENDER} does not answer"
${QUEUE}
SCRIPT
`;

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
 * What a larger machine would be. A new generation deletes the old server with the mail on it, so where that is kept none
 * is advised.
 */
function adviseLarger(what: string, keep: boolean): string {
  return keep
    ? `a larger mailstead:server.type counts for a new server alone, which starts empty: it does not help here`
    : `${what} with a larger mailstead:server.type and a new generation, which starts empty`;
}

function judgeDisks(lines: readonly string[], keep: boolean): Finding[] {
  const found = splitLines(lines, "disk").map(
    ([target = "", used = "", inodes = "", available = ""]): Finding => {
      const [room, files] = [Number.parseInt(used, 10) / 100, (Number.parseInt(inodes, 10) || 0) / 100];
      const [ofRoom, ofFiles] = [grade(room, HEALTH_LIMITS.diskUsed), grade(files, HEALTH_LIMITS.diskUsed)];
      const state = WORSE[ofRoom] >= WORSE[ofFiles] ? ofRoom : ofFiles;
      const seen = `${used} used, ${writeGib(Number(available))} free${ofFiles === "ok" ? "" : `; ${inodes} of its inodes used`}`;
      const fix = `see what is large: ./mailstead ssh -- du -xh --max-depth 3 ${target} | sort -h | tail; ${adviseLarger("a larger disk comes", keep)}`;
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

function judgeMemory(lines: readonly string[], keep: boolean): Judged {
  const sizes = new Map(
    splitLines(lines, "memory").map(([name = "", kib = ""]) => [name, Number(kib) * 1024]),
  );
  const [total, available] = [sizes.get("MemTotal:"), sizes.get("MemAvailable:")];
  if (total === undefined || available === undefined)
    return { state: "bad", seen: "the host did not say how much is left", fix: "./mailstead ssh -- free -h" };
  const { warn, bad } = HEALTH_LIMITS.memoryAvailable;
  // Turned round, as here less is worse.
  const state = grade(1 - available / total, { warn: 1 - warn, bad: 1 - bad });
  const fix = `see what takes it: ./mailstead ssh -- docker stats --no-stream; ${adviseLarger("more comes", keep)}`;
  return writeJudged(state, `${writeGib(available)} of ${writeGib(total)} available`, fix);
}

function judgeQueue(lines: readonly string[]): Judged {
  const [[count = "?", ...rest] = []] = splitLines(lines, "queue");
  if (count === "?") {
    const why = rest.length === 0 ? "it was not told" : rest.join(" ");
    return {
      state: "warn",
      seen: `how much mail waits to leave is not known: ${why}`,
      fix: `./mailstead logs ${SENDER}`,
    };
  }
  if (count === "0") return { state: "ok", seen: "no mail waits to leave" };
  const age = Number(rest[0]);
  const seen = `${count} wait to leave, the oldest for ${writeDuration(age)}`;
  const fix = `why it waits: ./mailstead logs ${SENDER}; and is port 25 open (above)?`;
  return writeJudged(grade(age, HEALTH_LIMITS.oldestMail), seen, fix);
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
 * @param keep it may hold mail, so no new one is advised in its place.
 */
export async function checkHostHealth(
  ask: AskHost,
  keep: boolean,
  now: () => number = Date.now,
): Promise<Finding[]> {
  const asked = now();
  const lines = (await ask(SCRIPT)).split("\n");
  const answered = now();
  const here = { seconds: (asked + answered) / 2000, within: (answered - asked) / 2000 };
  return [
    ...judgeDisks(lines, keep),
    { subject: "memory", ...judgeMemory(lines, keep) },
    { subject: "mail queue", ...judgeQueue(lines) },
    { subject: "clock", ...judgeClock(lines, here) },
    { subject: "restart", ...judgeRestart(lines) },
  ];
}
