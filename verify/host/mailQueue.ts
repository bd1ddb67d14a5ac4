/** Mail that waits to leave, and mail of a restored queue that is held: as the app's database and the host have it. */
import { QUEUE_HOLD_UNIT } from "../../stack/data/queueHold.ts";
import { QUEUE_HOLD_MARK } from "../../stack/host/paths.ts";
import { SENDER, WAITING_MAIL } from "../../stack/services/waitingMail.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { Finding } from "../model/finding.ts";

/** Age in seconds of the oldest mail that waits to leave; senders are told after days. */
const OLDEST_SECONDS = { warn: 3600, bad: 24 * 3600 };

/** What the host runs. Each line of its answer begins with what it tells. */
export const QUEUE_SCRIPT = `
[ ! -e ${QUEUE_HOLD_MARK} ] || echo "hold $(cat /var/lib/mailstead/queue-hold.json 2>/dev/null || echo '{}')"
timeout 20 docker exec -i ${SENDER} node - 2>&1 <<'SCRIPT' || echo "queue ? the container ${SENDER} does not answer"
${WAITING_MAIL}
SCRIPT
`;

type Judged = Omit<Finding, "subject">;

function writeDuration(seconds: number): string {
  if (seconds < 120) return `${String(Math.round(seconds))} s`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min`;
  return `${String(Math.round(seconds / 3600))} h`;
}

function stateOf(age: number): Finding["state"] {
  if (age >= OLDEST_SECONDS.bad) return "bad";
  return age >= OLDEST_SECONDS.warn ? "warn" : "ok";
}

function judgeWaiting([count = "?", ...rest]: readonly string[]): Judged {
  if (count === "?") {
    const why = rest.length === 0 ? "it was not told" : rest.join(" ");
    const seen = `how much mail waits to leave is not known: ${why}`;
    return { state: "warn", seen, fix: `${COMMAND} logs ${SENDER}` };
  }
  if (count === "0") return { state: "ok", seen: "no mail waits to leave" };
  const age = Number(rest[0]);
  const seen = `${count} wait to leave, the oldest for ${writeDuration(age)}`;
  const state = stateOf(age);
  if (state === "ok") return { state, seen };
  return { state, seen, fix: `why it waits: ${COMMAND} logs ${SENDER}; and is port 25 open (above)?` };
}

const CLOSED = "nothing leaves by port 25 until then, and what waits stays in the queue";

/** The mark of the restore is still there. */
function judgeHold(text: string): Judged {
  const { code = "", about = "" } = JSON.parse(text) as { readonly code?: string; readonly about?: string };
  if (code === "") {
    const fix = `look again in a minute; why it takes longer: ${COMMAND} ssh -- journalctl -u ${QUEUE_HOLD_UNIT} -n 20`;
    return { state: "warn", seen: `mail of the restored queue is to be held first; ${CLOSED}`, fix };
  }
  const seen = `mail of the restored queue cannot be held (${code}: ${about}); ${CLOSED}`;
  if (code === "environment") return { state: "bad", seen, fix: "pulumi up --refresh --run-program" };
  const fix =
    `run the release of the snapshot (mailstead:mail.release), which the hold is tried with again by itself; to have all ` +
    `of it leave, as it was queued: ${COMMAND} ssh -- rm ${QUEUE_HOLD_MARK}`;
  return { state: "bad", seen, fix };
}

function judgeHeld(held: number): Judged[] {
  if (!(held > 0)) return [];
  const what = held === 1 ? "one message is" : `${held} messages are`;
  return [
    {
      state: "warn",
      seen: `${what} held: queued before the restore, and may have been sent since`,
      fix: `${COMMAND} queue list; then ${COMMAND} queue send or ${COMMAND} queue drop`,
    },
  ];
}

/** Findings on the queue, and on what is held of a restored one. @param lines of the script's answer */
export function judgeMailQueue(lines: readonly string[]): Finding[] {
  const after = (head: string): string | undefined =>
    lines.find((line) => line.startsWith(`${head} `))?.slice(head.length + 1);
  const [hold, words] = [after("hold"), after("queue")?.split(" ") ?? []];
  const held = hold === undefined ? judgeHeld(Number(words[2])) : [judgeHold(hold)];
  return [
    { subject: "mail queue", ...judgeWaiting(words) },
    ...held.map((judged) => ({ subject: "held mail", ...judged })),
  ];
}
