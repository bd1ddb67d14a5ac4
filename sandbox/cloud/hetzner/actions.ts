/** Actions: what takes time. Running until the driver is done, then success or error, kept for the next start. */
import type { JsonStore } from "../serve/jsonStore.ts";
import type { Action, HetznerState } from "./state.ts";

/** What an action is about. */
export type ActionResource = Action["resources"][number];

/** Starts and ends actions. */
export interface ActionBook {
  /** An action that is done at once. */
  done(command: string, resources: readonly ActionResource[]): Action;
  /** An action that ends with the work. Work of the same queue is done one after another. */
  run(
    command: string,
    resources: readonly ActionResource[],
    queue: string,
    work: () => Promise<void>,
  ): Action;
  /** Takes up an action that an earlier process began. */
  resume(action: Action, queue: string, work: () => Promise<void>): void;
  /** From now on nothing is written any more. */
  close(): void;
  readonly closed: boolean;
}

const KEPT = 1000;

/** The book over a store. */
export function openActions(store: JsonStore<HetznerState>): ActionBook {
  const queues = new Map<string, Promise<void>>();
  const book = {
    closed: false,
    done(command: string, resources: readonly ActionResource[]): Action {
      const action = add(store.data, command, resources);
      finish(action, undefined);
      return action;
    },
    run(
      command: string,
      resources: readonly ActionResource[],
      queue: string,
      work: () => Promise<void>,
    ): Action {
      const action = add(store.data, command, resources);
      book.resume(action, queue, work);
      return action;
    },
    resume(action: Action, queue: string, work: () => Promise<void>): void {
      const before = queues.get(queue) ?? Promise.resolve();
      const now = before.then(work).then(
        () => {
          settle(action, undefined);
        },
        (cause: unknown) => {
          settle(action, cause);
        },
      );
      queues.set(queue, now);
    },
    close(): void {
      book.closed = true;
    },
  };
  function settle(action: Action, cause: unknown): void {
    if (book.closed) return;
    finish(action, cause);
    store.save();
  }
  return book;
}

function add(state: HetznerState, command: string, resources: readonly ActionResource[]): Action {
  const action: Action = {
    id: takeId(state, "actions"),
    command,
    status: "running",
    progress: 0,
    started: timestamp(),
    finished: null,
    error: null,
    resources: [...resources],
  };
  state.actions.push(action);
  if (state.actions.length > KEPT) {
    state.actions.splice(
      0,
      state.actions.findIndex((old, index) => old.status === "running" || index >= KEPT / 10),
    );
  }
  return action;
}

function finish(action: Action, cause: unknown): void {
  action.status = cause === undefined ? "success" : "error";
  action.progress = 100;
  action.finished = timestamp();
  if (cause === undefined) return;
  action.error = {
    code: "action_failed",
    message: cause instanceof Error ? cause.message : "the driver gave no reason",
  };
}

/** The next number of a kind. */
export function takeId(state: HetznerState, kind: string): number {
  const id = state.nextId[kind];
  if (id === undefined) throw new Error(`no numbers for ${kind}`);
  state.nextId[kind] = id + 1;
  return id;
}

/** Now, as Hetzner writes it: `2026-11-24T06:00:00+00:00`. */
export function timestamp(): string {
  return `${new Date().toISOString().slice(0, 19)}+00:00`;
}
