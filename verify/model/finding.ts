/** What the outside world was found to be. The command, the preview and the report print the same findings. */
export interface Finding {
  /** What was looked at: `container web`, `port 25 ipv4`. */
  readonly subject: string;
  readonly state: "ok" | "warn" | "bad";
  /** What was seen, one sentence. */
  readonly seen: string;
  /** What to do, one line; absent where there is nothing to do. */
  readonly fix?: string;
  /** Lines that help to see why, such as the end of a log. */
  readonly detail?: readonly string[];
}

/** Asks the host: runs a script there and returns what it printed. */
export type AskHost = (script: string) => Promise<string>;
