/** The outside host's own queue: a message is tried again until it is taken, refused for good, or too old. */
import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sendOnce, type OutgoingMessage } from "./send.ts";
import type { OutsideSettings } from "./settings.ts";

/** A message in the queue. Kept as one file, which outlives the process. */
export interface QueueEntry extends OutgoingMessage {
  readonly id: string;
  readonly state: "queued" | "sent" | "failed";
  readonly attempts: number;
  readonly queuedAt: string;
  /** Answer of the receiver, or why it is not there yet. */
  readonly reason: string;
  /** Address that took it. */
  readonly address?: string;
}

/** Puts a message into the queue and answers its id. It is on disk then. */
export async function enqueue(settings: OutsideSettings, message: OutgoingMessage): Promise<string> {
  const id = randomUUID();
  await save(settings, {
    ...message,
    id,
    state: "queued",
    attempts: 0,
    queuedAt: new Date().toISOString(),
    reason: "",
  });
  return id;
}

/** Every message that was ever queued, oldest first. */
export async function readQueue(settings: OutsideSettings): Promise<QueueEntry[]> {
  const names = (await readdir(join(settings.folder, "queue"))).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(
    names.map((name) => readFile(join(settings.folder, "queue", name), "utf8")),
  );
  const entries = texts.map((text) => JSON.parse(text) as QueueEntry);
  return entries.sort((a, b) => (a.queuedAt < b.queuedAt ? -1 : 1));
}

/**
 * Holds all tries from now on, or goes on with them. A sender in the world tries again after minutes or hours; this one
 * does after seconds, and who has to do something in between holds it.
 */
export async function holdQueue(settings: OutsideSettings, held: boolean): Promise<void> {
  if (held) await writeFile(join(settings.folder, "held"), "");
  else await rm(join(settings.folder, "held"), { force: true });
}

async function isHeld(settings: OutsideSettings): Promise<boolean> {
  return access(join(settings.folder, "held")).then(
    () => true,
    () => false,
  );
}

/** Works the queue until the signal comes. */
export async function workQueue(settings: OutsideSettings, stop: AbortSignal): Promise<void> {
  await mkdir(join(settings.folder, "queue"), { recursive: true });
  const lastTry = new Map<string, number>();
  const round = async (): Promise<void> => {
    for (const entry of await readQueue(settings)) {
      if (await isHeld(settings)) return;
      const waited = Date.now() - (lastTry.get(entry.id) ?? 0);
      if (entry.state !== "queued" || waited < settings.retrySeconds * 1000) continue;
      await save(settings, await tried(settings, entry));
      lastTry.set(entry.id, Date.now());
    }
  };
  const next = (): void => {
    if (stop.aborted) return;
    void round()
      .catch((error: unknown) => process.stderr.write(`queue: ${String(error)}\n`))
      .finally(() => setTimeout(next, 200));
  };
  next();
}

async function tried(settings: OutsideSettings, entry: QueueEntry): Promise<QueueEntry> {
  const attempts = entry.attempts + 1;
  const outcome = await sendOnce(settings, entry);
  if (outcome.kind === "sent") {
    return { ...entry, attempts, state: "sent", reason: outcome.answer, address: outcome.address };
  }
  const overdue = Date.now() - Date.parse(entry.queuedAt) > settings.giveUpSeconds * 1000;
  const state = outcome.kind === "refused" || overdue ? "failed" : "queued";
  return { ...entry, attempts, state, reason: outcome.reason };
}

async function save(settings: OutsideSettings, entry: QueueEntry): Promise<void> {
  const file = join(settings.folder, "queue", `${entry.id}.json`);
  await writeFile(`${file}.partial`, JSON.stringify(entry, undefined, 2));
  await rename(`${file}.partial`, file);
}
