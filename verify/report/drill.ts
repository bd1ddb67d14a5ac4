/** A drill as rows for people, beside the one before. Pure. */
import { pluralize } from "../../stack/values/sentence.ts";
import { DRILL_PARTS, type DrillPart, type DrillRecord } from "../model/drill.ts";

/** A figure, and what it was the last time. */
export interface DrillRow {
  readonly what: string;
  readonly now: string;
  /** Absent without a drill before, or where that one has no such figure. */
  readonly before?: string;
}

/** `47 s`, `12 min 5 s`, `3 h 20 min`, `2 d 3 h`. */
export function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  if (whole < 3600) return `${String(Math.floor(whole / 60))} min ${String(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${String(Math.floor(hours / 24))} d ${String(hours % 24)} h`;
}

function describeBytes(bytes: number): string {
  return bytes < 1 << 30 ? `${(bytes / (1 << 20)).toFixed(1)} MiB` : `${(bytes / (1 << 30)).toFixed(1)} GiB`;
}

const PART_WORDS: Readonly<Record<DrillPart, string>> = {
  server: "the server is there",
  packages: "packages are installed",
  restore: "the snapshot is restored",
  containers: "the containers run",
  login: "a login reads mail",
};

/** What is over at the end of a part. */
export function partInWords(part: DrillPart): string {
  return PART_WORDS[part];
}

/** Every figure as text, by what it is. */
function figures({
  rpoSeconds,
  rtoSeconds,
  parts,
  sizes,
  snapshot,
}: DrillRecord): ReadonlyMap<string, string> {
  const rows: [string, string | undefined][] = [
    ["snapshot", snapshot && `${snapshot.id.slice(0, 8)} of ${snapshot.time}`],
    ["RPO, age of the snapshot", rpoSeconds === undefined ? undefined : describeSeconds(rpoSeconds)],
    ["RTO, until a login read mail", rtoSeconds === undefined ? undefined : describeSeconds(rtoSeconds)],
    ...DRILL_PARTS.map((part): [string, string | undefined] => {
      const seconds = parts[part];
      return [`  ${PART_WORDS[part]}`, seconds === undefined ? undefined : describeSeconds(seconds)];
    }),
    ["files", sizes && String(sizes.files)],
    ["data", sizes && describeBytes(sizes.bytes)],
    ["mailboxes", sizes && String(sizes.mailboxes)],
    ["messages read of", sizes?.messages === undefined ? undefined : String(sizes.messages)],
  ];
  return new Map(rows.flatMap(([what, text]) => (text === undefined ? [] : [[what, text] as const])));
}

/** Rows of a drill. @param before the drill before it */
export function drillRows(record: DrillRecord, before: DrillRecord | undefined): DrillRow[] {
  const last = before === undefined ? undefined : figures(before);
  return [...figures(record)].map(([what, now]) => {
    const then = last?.get(what);
    return { what, now, ...(then === undefined ? {} : { before: then }) };
  });
}

/** The whole in one line. */
export function drillHeadline({ green, findings, left }: DrillRecord): string {
  const bad = findings.filter(({ state }) => state === "bad");
  const [first] = bad;
  const rest = left.length === 0 ? "" : `; ${pluralize(left.length, "thing")} of it left at the vendor`;
  if (green) return `All came back${rest}`;
  return `Not all came back: ${first === undefined ? "it did not come to its end" : `${first.subject}: ${first.seen}`}${rest}`;
}
