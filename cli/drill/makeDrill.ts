/** One drill: makes the server from the newest snapshot, looks at it, takes it away, and says how it went. */
import type { DrillRecord } from "../../verify/model/drill.ts";
import { DRILL_PARTS } from "../../verify/model/drill.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { countMessages, type Login, type Restored } from "../../verify/host/restored.ts";
import { VendorError } from "../../verify/vendors/http.ts";
import { describeSeconds, partInWords } from "../../verify/report/drill.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { CommandError } from "../output/terminal.ts";
import { askDrill, judgeDrill } from "./look.ts";
import { makeStack } from "./makeStack.ts";
import { Milestones } from "./milestones.ts";
import type { Ready } from "./ready.ts";
import { runEngine } from "./runEngine.ts";

/** What a drill came to, but for what is left of it. */
export type Outcome = Omit<DrillRecord, "left">;

export interface DrillRun {
  readonly ready: Ready;
  readonly logins: readonly Login[];
  readonly say: (text: string) => void;
  /** Aborted where somebody wants it to end. */
  readonly stop: AbortSignal;
}

/** News at least so often. */
const NEWS_MS = 60_000;

/** Until the containers run. @throws CommandError with the reason where they do not */
async function bringUp({ ready, say, stop }: DrillRun, milestones: Milestones): Promise<void> {
  await makeStack(ready.of);
  const timer = setInterval(() => {
    const next = DRILL_PARTS.find((part) => milestones.parts[part] === undefined) ?? "login";
    say(`${describeSeconds(milestones.seconds)}: not yet that ${partInWords(next)}`);
  }, NEWS_MS);
  try {
    const { code, printed } = await runEngine(
      "up",
      ready.of.stack,
      (event) => {
        milestones.hear(event);
      },
      stop,
    );
    if (code === 0) return;
    const end = printed.trim().split("\n").slice(-5).join(" ");
    throw new CommandError(
      milestones.reason ?? `pulumi up ended with ${String(code)}: ${end}`,
      `mend it, then: ${COMMAND} drill`,
    );
  } finally {
    clearInterval(timer);
  }
}

/** What did not go well is a finding: the drill is there to tell. @throws what is a fault of our own */
function toFinding(error: unknown): Finding {
  if (error instanceof CommandError)
    return { subject: "rebuilding", state: "bad", seen: error.message, fix: error.nextStep };
  if (error instanceof VendorError) return { subject: "vendor", state: "bad", seen: error.message };
  throw error;
}

/** Figures of what was restored. */
function measure(restored: Restored, began: Date): Partial<Outcome> {
  const { manifest, snapshot } = restored;
  if (manifest === null) return {};
  const { files, bytes, mailboxes } = manifest.counts;
  return {
    snapshot: { id: snapshot, time: manifest.time },
    rpoSeconds: Math.max(0, Math.round((began.getTime() - Date.parse(manifest.time)) / 1000)),
    sizes: { files, bytes, mailboxes, messages: countMessages(restored) },
  };
}

/** Makes it and looks at it. What was made stays: the caller takes it away, however this ends. */
export async function makeDrill(run: DrillRun): Promise<Outcome> {
  const { ready, logins, say } = run;
  const began = new Date();
  const milestones = new Milestones(began.getTime(), ready.plan.containers.length, (part, seconds) => {
    say(`${describeSeconds(seconds)}: ${partInWords(part)}`);
  });
  const common = {
    ...({
      format: 1,
      stack: ready.of.stack,
      domain: ready.config.domain,
      began: began.toISOString(),
    } as const),
  };
  try {
    await bringUp(run, milestones);
    const restored = await askDrill(ready.of.stack, logins, ready.config);
    const didRead = restored.logins.some((login) => "messages" in login);
    if (didRead) milestones.end("login");
    const rto = didRead ? { rtoSeconds: Math.round(milestones.seconds) } : {};
    const findings = await judgeDrill(restored, ready.config);
    const green = findings.every(({ state }) => state !== "bad");
    return {
      ...common,
      ...{ green, findings: findings.map(plain), parts: milestones.parts },
      ...measure(restored, began),
      ...rto,
    };
  } catch (error) {
    const findings = [plain(toFinding(error))];
    return { ...common, green: false, findings, parts: milestones.parts };
  }
}

/** As a record keeps it. */
function plain({ subject, state, seen, fix }: Finding): Outcome["findings"][number] {
  return { subject, state, seen, ...(fix === undefined ? {} : { fix }) };
}
