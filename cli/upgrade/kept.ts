/** What the host keeps for who goes on with an upgrade, on whatever machine. No secret is in it. */
import { z } from "zod";
import type { MailState } from "../../verify/host/mailState.ts";
import { CommandError } from "../output/terminal.ts";
import type { Change } from "../pin/written.ts";
import { COMMAND } from "../../stack/values/command.ts";

export interface KeptUpgrade {
  readonly changes: readonly Change[];
  /** What the mail server had under the old release. */
  readonly live: MailState["live"];
}

const schema = z.object({
  changes: z.array(z.object({ key: z.string(), from: z.string(), to: z.string() })),
  live: z.looseObject({}),
});

/** Reads it. @throws CommandError where a later version wrote it */
export function readKept(changes: unknown): KeptUpgrade {
  const read = schema.safeParse(changes);
  if (read.success)
    return { changes: read.data.changes, live: read.data.live as unknown as MailState["live"] };
  const next = `take the version of Mailstead that began it; \`${COMMAND} status\` says how it is`;
  throw new CommandError("what the host keeps of the upgrade cannot be read", next);
}
