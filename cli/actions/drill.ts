/** `mailstead drill`: rebuilds from the backups on a throw-away server, and says what would have been lost, and for how long. */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { drillStack } from "../../stack/drill/drillStack.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { DrillRecord } from "../../verify/model/drill.ts";
import { drillHeadline, drillRows } from "../../verify/report/drill.ts";
import { findLogins, type LoginOptions } from "../drill/logins.ts";
import { makeDrill, type Outcome } from "../drill/makeDrill.ts";
import { findStanding } from "../drill/makeStack.ts";
import { giveTurnBack, takeTurn } from "../drill/place.ts";
import { describeIntent, prepareDrill, readIntent, type Ready } from "../drill/ready.ts";
import { keepRecord, lastDrill } from "../drill/records.ts";
import { listThings, needDrillsOwn, takeAway, type Removal } from "../drill/takeAway.ts";
import { describeFinding } from "../output/findings.ts";
import { CommandError, mark, print, printJson, table } from "../output/terminal.ts";

interface Options extends LoginOptions {
  readonly stack?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly clean?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly html?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Things of a drill are still at the vendor, and billed. */
const LEFT = 3;

/** Progress, on standard error: standard output has the result alone. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Takes away what an earlier drill left. Returns whether there was anything. @throws CommandError where something stays */
async function cleanUp(removal: Removal): Promise<boolean> {
  const { stack, config, account } = removal;
  const things = await account.things(drillStack(stack));
  needDrillsOwn(things, removal);
  if ((await findStanding(stack)) === undefined && listThings(things, config.server).length === 0)
    return false;
  say("an earlier drill was ended before it could take away what it had made: taking it away …");
  const left = await takeAway(removal);
  if (left.length > 0) throw leftError(left);
  takeTurn(stack);
  return true;
}

function leftError(left: readonly string[]): CommandError {
  return new CommandError(
    `still at the vendor, and billed: ${left.join(", ")}`,
    `${COMMAND} drill --clean`,
    LEFT,
  );
}

/** Signals that end a drill: it takes away what it made first. */
const ENDING = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Runs a task that is asked to end by a signal. Returns what it returned, and the exit code that the signal stands for. */
async function untilEnded<Result>(
  task: (stop: AbortSignal) => Promise<Result>,
): Promise<{ readonly result: Result; readonly endedBy?: number }> {
  const stop = new AbortController();
  let endedBy: number | undefined;
  const end = (signal: NodeJS.Signals): void => {
    say(
      endedBy === undefined
        ? "taking away what was made …"
        : "still taking it away; without it, it would be billed on …",
    );
    endedBy ??= ENDING[signal as keyof typeof ENDING];
    stop.abort();
  };
  const signals = Object.keys(ENDING) as (keyof typeof ENDING)[];
  for (const signal of signals) process.on(signal, end);
  try {
    const result = await task(stop.signal);
    return { result, ...(endedBy === undefined ? {} : { endedBy }) };
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}

/** Makes a drill and takes it away, however it ends. */
async function run(ready: Ready, options: Options, removal: Removal) {
  const { stack } = ready.of;
  const logins = await findLogins(stack, ready.config, options);
  takeTurn(stack);
  let left: readonly string[] = [];
  const ended = await untilEnded(async (stop): Promise<Outcome | undefined> => {
    await cleanUp(removal);
    if (stop.aborted) return undefined;
    try {
      const from = ready.of.snapshot === "newest" ? "the newest snapshot" : ready.of.snapshot;
      say(`making ${ready.plan.server.name} from ${from} …`);
      return await makeDrill({ ready, logins, say, stop });
    } finally {
      say("taking the drill away …");
      left = await takeAway(removal);
    }
  }).finally(() => {
    giveTurnBack(stack);
  });
  return { ...ended, left };
}

function printRecord(
  record: DrillRecord,
  before: DrillRecord | undefined,
  file: string,
  options: Options,
): void {
  if (options.json === true) {
    printJson({ ...record, file, before: before ?? null });
    return;
  }
  const rows = drillRows(record, before).map((row) => [
    row.what,
    row.now,
    ...(before === undefined ? [] : [row.before ?? "–"]),
  ]);
  const head = before === undefined ? [] : [["", "now", `on ${before.began.slice(0, 10)}`]];
  print(
    [
      ...record.findings.map(describeFinding),
      ...(rows.length === 0 ? [] : ["", table([...head, ...rows])]),
      "",
      mark(record.green ? "ok" : "bad", drillHeadline(record)),
      ...record.left.map((one) =>
        mark("bad", `still at the vendor, and billed: ${one}; next: ${COMMAND} drill --clean`),
      ),
      `Kept in ${file}`,
    ].join("\n"),
  );
}

async function finish(record: DrillRecord, options: Options): Promise<number> {
  const before = lastDrill(record.stack);
  const file = keepRecord(record);
  if (options.html !== undefined) {
    const { writeDrillReport } = await import("../../verify/report/html/drillReport.ts");
    writeFileSync(options.html, writeDrillReport(record, before));
  }
  printRecord(record, before, file, options);
  if (record.left.length > 0) return LEFT;
  return record.green ? 0 : 1;
}

async function showIntent(ready: Ready, options: Options): Promise<number> {
  const logins = await findLogins(ready.of.stack, ready.config, { mailbox: undefined, ...options });
  const intent = await readIntent(
    ready,
    logins.map(({ address }) => address),
  );
  if (options.json === true) printJson(intent);
  else print(describeIntent(intent));
  return 0;
}

async function clean(removal: Removal): Promise<number> {
  takeTurn(removal.stack);
  try {
    print((await cleanUp(removal)) ? "All of it is gone." : "There is nothing of a drill.");
    return 0;
  } finally {
    giveTurnBack(removal.stack);
  }
}

/** Runs the command. @throws CommandError where no drill can be made, or where things stay at the vendor */
export async function drillCommand(options: Options): Promise<number> {
  const ready = await prepareDrill(options.stack, options.snapshot ?? "newest");
  const removal: Removal = { stack: ready.of.stack, config: ready.config, account: ready.account, say };
  if (options.dryRun === true) return showIntent(ready, options);
  if (options.clean === true) return clean(removal);
  const { result, endedBy, left } = await run(ready, options, removal);
  if (endedBy !== undefined || result === undefined) {
    if (left.length > 0) throw leftError(left);
    say("Ended; all that was made is gone, and nothing is kept of it.");
    return endedBy ?? 1;
  }
  return finish({ ...result, left: [...left] }, options);
}
