/** Mail of a restored queue that is held: one question to the app, by its own model, which lists, sends or drops. */
import { z } from "zod";
import { ENV_FILE, QUEUE_HOLD_MARK } from "../../stack/host/paths.ts";
import type { AskHost } from "../model/finding.ts";

/** The program that runs in the container: a file of `cloud-init/files/`. */
export const QUEUE_PROGRAM = "queue.cjs";

/** More than the program's own limit. */
const LIMIT_SECONDS = 90;

const messageSchema = z.object({
  id: z.string(),
  /** When it was taken from its sender. */
  queuedAt: z.string(),
  from: z.string(),
  /** Recipients that did not have it at the moment of the snapshot. */
  to: z.array(z.string()),
  subject: z.string(),
  messageId: z.string(),
  date: z.string(),
  snapshot: z.string(),
});

/** A message that is held. */
export type HeldMessage = z.infer<typeof messageSchema>;

/** What is to be done; all that is held without ids. */
export interface QueueDeed {
  readonly do: "list" | "send" | "drop";
  readonly ids?: readonly string[];
  readonly dryRun?: boolean;
}

/** What the app answered: messages, or why nothing was done. */
export type QueueAnswer = {
  /** The hold itself has not been done yet; nothing is sent or dropped then, as it would be held again. */
  readonly pending: boolean;
} & ({ readonly messages: readonly HeldMessage[] } | { readonly code: string; readonly about: string });

/** The container has to run with the very `.env` of the host, which the digest of its key tells. No secret is in it. */
function writeScript(webHost: string, deed: QueueDeed, program: string): string {
  return `
if [ -e ${QUEUE_HOLD_MARK} ]; then
  echo pending${deed.do === "list" ? "" : "\n  exit 0"}
fi
digest=$(sed -n 's/^HELPER_ENCRYPTION_KEY=//p' ${ENV_FILE} | head -n 1 | tr -d '"\\n' | sha256sum | cut -d ' ' -f 1)
{
cat <<'END_OF_PROGRAM'
${program}
const settings = ${JSON.stringify({ ...deed, webHost })};
END_OF_PROGRAM
printf 'globalThis.mailstead.queue({ ...settings, keyDigest: "%s" });\\n' "$digest"
} | timeout --kill-after=5 ${String(LIMIT_SECONDS)} docker exec --interactive web node - 2>/dev/null | grep '^mailstead ' || true
`;
}

/** Asks. @param program text of {@link QUEUE_PROGRAM} */
export async function askQueue(
  ask: AskHost,
  webHost: string,
  deed: QueueDeed,
  program: string,
): Promise<QueueAnswer> {
  const lines = (await ask(writeScript(webHost, deed, program))).split("\n");
  const pending = lines.includes("pending");
  const said = lines.findLast((line) => line.startsWith("mailstead "))?.slice("mailstead ".length) ?? "";
  if (said.startsWith("result ")) {
    const result: unknown = JSON.parse(said.slice("result ".length));
    return { pending, ...z.object({ messages: z.array(messageSchema) }).parse(result) };
  }
  const [, code = "no-answer", about = `within ${String(LIMIT_SECONDS)} seconds`] =
    /^left ([a-z-]+) ?(.*)$/.exec(said) ?? [];
  return { pending, code, about };
}
