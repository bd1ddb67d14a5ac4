/** The records of drills, beside the other files of their stack. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sshDirectory } from "../../components/sshFiles.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { drillSchema, type DrillRecord } from "../../verify/model/drill.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { describeSeconds, drillHeadline } from "../../verify/report/drill.ts";
import { projectFolder } from "../engine.ts";
import { writeWhole } from "../lateValues.ts";

function locateRecords(stack: string): string {
  return join(projectFolder(), sshDirectory(stack), "drills");
}

function readRecord(path: string): DrillRecord | undefined {
  try {
    return drillSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** The last drill of a stack that was made on this machine; undefined where there was none. */
export function lastDrill(stack: string): DrillRecord | undefined {
  const folder = locateRecords(stack);
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return undefined;
  }
  // Names are dates: the newest that can be read.
  for (const name of names.sort().reverse()) {
    const record = readRecord(join(folder, name));
    if (record !== undefined) return record;
  }
  return undefined;
}

/** Keeps a record. Returns its path. */
export function keepRecord(record: DrillRecord): string {
  const name = `${record.began.slice(0, 19).replaceAll(":", "-")}Z.json`;
  const path = join(locateRecords(record.stack), name);
  writeWhole(path, `${JSON.stringify(record, null, 2)}\n`);
  return path;
}

/** A month, and some days for a scheduler's. */
const LATE_DAYS = 35;
const DAY = 86_400;

/** What `status` says of the last drill. */
export function judgeLastDrill(record: DrillRecord | undefined, now: Date): Finding {
  const subject = "recovery drill";
  const fix = `${COMMAND} drill`;
  if (record === undefined)
    return {
      subject,
      state: "ok",
      seen: `none was made here yet: \`${fix}\` proves that the backups bring everything back`,
    };
  const seconds = (now.getTime() - Date.parse(record.began)) / 1000;
  const when = `${describeSeconds(Math.max(0, seconds))} ago (${record.began.slice(0, 10)})`;
  if (!record.green)
    return {
      subject,
      state: "bad",
      seen: `${when}: ${drillHeadline(record)}`,
      fix: `mend the cause, then: ${fix}`,
    };
  if (record.left.length > 0)
    return { subject, state: "warn", seen: `${when}: ${drillHeadline(record)}`, fix: `${fix} --clean` };
  const figures = [
    record.rpoSeconds === undefined ? "" : `RPO ${describeSeconds(record.rpoSeconds)}`,
    record.rtoSeconds === undefined ? "" : `RTO ${describeSeconds(record.rtoSeconds)}`,
  ].filter((text) => text !== "");
  const seen = `${when}: all came back, ${figures.join(", ")}`;
  if (seconds > LATE_DAYS * DAY) return { subject, state: "warn", seen: `the last one was ${seen}`, fix };
  return { subject, state: "ok", seen };
}
