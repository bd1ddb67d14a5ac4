/** The outside host's own queue: a message is tried again until it is taken, refused for good, or too old. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Records } from "./records.ts";
import { sendOnce, type OutgoingMessage } from "./send.ts";
import type { OutsideSettings } from "./settings.ts";

/** A message in the queue. */
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

/** Every message that was ever queued. */
export class OutgoingQueue {
  readonly #settings: OutsideSettings;
  readonly #entries: Records<QueueEntry>;
  /** While this file is there nothing is tried. */
  readonly #hold: string;

  private constructor(settings: OutsideSettings, entries: Records<QueueEntry>) {
    this.#settings = settings;
    this.#entries = entries;
    this.#hold = join(settings.folder, "held");
  }

  /** The queue as an earlier process left it. */
  static async open(settings: OutsideSettings): Promise<OutgoingQueue> {
    const folder = join(settings.folder, "queue");
    return new OutgoingQueue(settings, await Records.open<QueueEntry>(folder, ({ queuedAt }) => queuedAt));
  }

  /** Puts a message into the queue and answers its id. It is on disk then. */
  async add(message: OutgoingMessage): Promise<string> {
    const id = randomUUID();
    const queuedAt = new Date().toISOString();
    await this.#entries.save({ ...message, id, state: "queued", attempts: 0, queuedAt, reason: "" });
    return id;
  }

  /** Oldest first. */
  list(): readonly QueueEntry[] {
    return this.#entries.list();
  }

  /**
   * Holds all tries from now on, or goes on with them. A sender in the world tries again after minutes or hours; this one
   * does after seconds, and who has to do something in between holds it.
   */
  async hold(held: boolean): Promise<void> {
    if (held) await writeFile(this.#hold, "");
    else await rm(this.#hold, { force: true });
  }

  /** Works the queue for good. */
  work(): void {
    const lastTry = new Map<string, number>();
    const round = async (): Promise<void> => {
      for (const entry of this.list().filter(({ state }) => state === "queued")) {
        if (existsSync(this.#hold)) return;
        const waited = Date.now() - (lastTry.get(entry.id) ?? 0);
        if (waited < this.#settings.retrySeconds * 1000) continue;
        await this.#entries.save(await tried(this.#settings, entry));
        lastTry.set(entry.id, Date.now());
      }
    };
    const next = (): void => {
      void round()
        .catch((error: unknown) => process.stderr.write(`queue: ${String(error)}\n`))
        .finally(() => setTimeout(next, 200));
    };
    next();
  }
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
