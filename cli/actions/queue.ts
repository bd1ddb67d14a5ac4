/** `mailstead queue`: what is held after a restore, and what becomes of it. */
import { readAsset } from "../../components/assets.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { printable } from "../../stack/values/printable.ts";
import {
  askQueue,
  QUEUE_PROGRAM,
  type HeldMessage,
  type QueueAnswer,
  type QueueDeed,
} from "../../verify/host/heldMail.ts";
import { stackName } from "../engine.ts";
import { CommandError, mark, print, printJson, table } from "../output/terminal.ts";
import { loadPlan } from "../project.ts";
import { findRemote, runScript } from "../remote.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly all?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly json?: boolean | undefined;
}

type Action = QueueDeed["do"];

/** What is asked for. @throws CommandError where the words do not say which messages */
function readDeed(action: Action, ids: readonly string[], { all, dryRun }: Options): QueueDeed {
  const wrong = (what: string, next: string): CommandError => new CommandError(what, next, 2);
  if (action === "list") {
    if (ids.length > 0 || all === true || dryRun === true)
      throw wrong("list takes neither messages nor --all nor --dry-run", `${COMMAND} queue list`);
    return { do: action };
  }
  if (ids.length > 0 === (all === true))
    throw wrong("say which messages: their ids, or --all", `${COMMAND} queue list shows them`);
  const odd = ids.find((id) => !/^[0-9a-f]{24}$/.test(id));
  if (odd !== undefined)
    throw wrong(`${printable(odd)} is no id of a message`, `${COMMAND} queue list shows them`);
  return { do: action, ...(all === true ? {} : { ids }), ...(dryRun === true ? { dryRun } : {}) };
}

const WORDS: Readonly<Record<string, (about: string) => readonly [what: string, next: string]>> = {
  unknown: (about) => [
    `not held, so nothing was changed: ${about}`,
    `take ids of \`${COMMAND} queue list\`; what was sent or dropped is no longer there`,
  ],
  unexpected: (about) => [
    `this release of Forward Email has another queue than is known here, so nothing was changed: ${about}`,
    "an issue with that line helps; messages can be removed in the web interface",
  ],
  environment: (about) => [
    `the container web does not run with the host's .env: ${about}`,
    "pulumi up --refresh --run-program",
  ],
};

function messagesIn(answer: QueueAnswer): readonly HeldMessage[] {
  if ("messages" in answer) return answer.messages;
  const { code, about } = answer;
  const [what, next] = WORDS[code]?.(printable(about)) ?? [
    `the mail server did not say what is held: ${printable(about)}`,
    `${COMMAND} status`,
  ];
  throw new CommandError(what, next);
}

function rows(messages: readonly HeldMessage[]): string {
  const cells = messages.map(({ id, queuedAt, from, to, subject }) => [
    id,
    `${queuedAt.slice(0, 16).replace("T", " ")} UTC`,
    printable(from),
    printable(to.join(", ")),
    printable(subject),
  ]);
  return table([["ID", "QUEUED", "FROM", "STILL TO", "SUBJECT"], ...cells]);
}

function count(messages: readonly HeldMessage[]): string {
  return messages.length === 1 ? "one message" : `${String(messages.length)} messages`;
}

function describe({ do: action, dryRun }: QueueDeed, messages: readonly HeldMessage[]): string {
  if (messages.length === 0) return mark("ok", "no mail is held");
  const listed = rows(messages);
  if (action === "list") {
    const next = `Each may have been sent since the snapshot. ${COMMAND} queue send ID…, or ${COMMAND} queue drop ID…`;
    return `${mark("warn", `held: ${count(messages)} of the restored queue`)}\n\n${listed}\n\n${next}`;
  }
  if (dryRun === true) return `It would ${action} ${count(messages)}:\n\n${listed}`;
  const done =
    action === "send" ? `${count(messages)} in the queue again, and leaving` : `${count(messages)} dropped`;
  return `${mark("ok", done)}\n\n${listed}`;
}

function notYet(): CommandError {
  return new CommandError(
    "mail of the restored queue is not held yet, and nothing leaves by port 25 until it is",
    `${COMMAND} status says why`,
  );
}

/** Runs the command. @throws CommandError where nothing was changed */
export async function queueCommand(
  action: Action,
  ids: readonly string[],
  options: Options,
): Promise<number> {
  const deed = readDeed(action, ids, options);
  const stack = await stackName(options.stack);
  const { plan } = loadPlan(stack);
  const remote = await findRemote(stack);
  const answer = await askQueue(
    (script) => runScript(remote, script),
    plan.domain,
    deed,
    readAsset(QUEUE_PROGRAM),
  );
  if (answer.pending && action !== "list") throw notYet();
  const messages = messagesIn(answer);
  if (options.json === true) printJson({ ...deed, pending: answer.pending, messages });
  else print(describe(deed, messages));
  if (answer.pending) throw notYet();
  return 0;
}
