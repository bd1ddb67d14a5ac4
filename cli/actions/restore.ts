/** `mailstead restore`: a mailbox as a snapshot of the backups has it, put into folders beside the live ones. */
import { COMMAND } from "../../stack/values/command.ts";
import { printable } from "../../stack/values/printable.ts";
import type { SlotName } from "../../stack/values/slots.ts";
import { readOutputs, stackName } from "../engine.ts";
import { askRestore, findFile, type Left, type Mailbox, type RestoreAnswer } from "../mailboxes/askHost.ts";
import { mailboxName, passwordSlot } from "../mailboxes/ownPassword.ts";
import { askSecrets } from "../output/askSecret.ts";
import { CommandError, mark, print, printJson, table } from "../output/terminal.ts";
import { loadPlan } from "../project.ts";
import { findRemote } from "../remote.ts";
import type { Plan } from "../../stack/model/plan.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly ask?: true | undefined;
  readonly otherPassword?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly json?: boolean | undefined;
}

const LIST = `${COMMAND} backup --list shows the snapshots`;

const WORDS: Readonly<
  Record<string, (about: string, address: string) => readonly [what: string, next: string]>
> = {
  "no-mailbox": (_, address) => [
    `the server has no mailbox ${address}`,
    "where it was deleted: list it in mailstead:mailboxes, and `pulumi up` makes it; what it had has another id in the snapshot",
  ],
  "wrong-password": (_, address) => [
    `that is not the password that ${address} has now; nothing was changed`,
    "its owner may have set another one: --ask asks for it",
  ],
  "other-password": (about, address) => [
    `in the snapshot of ${about} ${address} has another password than now; nothing was changed`,
    "--other-password asks for the one that it had then; nobody else can open it",
  ],
  "no-backups": () => [
    "the host has no backups set up",
    "run `pulumi up`, and make one: `./mailstead backup`; what was never backed up cannot come back",
  ],
  "old-scripts": () => ["the host has scripts of an older Mailstead", "pulumi up"],
  "no-snapshot": (about) => [about, LIST],
  "not-in-it": (about, address) => [
    `the snapshot ${about} has no mailbox ${address}`,
    `it may be younger: another one by --snapshot; ${LIST}`,
  ],
  "no-room": (about) => {
    const [wanted = "", free = ""] = about.split(" ");
    return [
      `the mailbox and its copies need ${wanted} MiB on the host, and ${free} are free`,
      "raise mailstead:data.sizeGb, and `pulumi up`: it grows in place",
    ];
  },
  busy: () => ["another mailbox is being restored on the host", "wait for it, and try again"],
  unexpected: (about) => [
    `this release of Forward Email keeps mailboxes otherwise than is known here: ${about}`,
    "an issue with that line helps; the live mailbox is as it was",
  ],
  environment: (about) => [
    `the containers do not run with the host's .env: ${about}`,
    "pulumi up --refresh --run-program",
  ],
};

function notDone({ code, about }: Left, address: string): CommandError {
  const shown = printable(about);
  const [what, next] = WORDS[code]?.(shown, address) ?? [
    `the mailbox was not brought back: ${shown === "" ? "the server has no answer" : shown}`,
    `${COMMAND} status; the same command goes on where it broke off`,
  ];
  return new CommandError(what, next);
}

/** The mailbox with its passwords: those of the stack, or asked for. @throws CommandError where none is given */
async function openMailbox(given: string, plan: Plan, stack: string, options: Options): Promise<Mailbox> {
  const name = mailboxName(given, plan);
  if (!/^[a-z0-9][a-z0-9.+_-]*$/.test(name))
    throw new CommandError(
      `${printable(given)} is no address of ${plan.domain}`,
      `${COMMAND} restore you`,
      2,
    );
  const outputs = await readOutputs(stack, true);
  const slots = (outputs["slots"] ?? {}) as Partial<Record<SlotName, string>>;
  if (slots.helperKeyDigest === undefined)
    throw new CommandError("the stack has no server yet", "run `pulumi up` first");
  const slot = options.ask === true ? undefined : passwordSlot(name, plan);
  const own = slot === undefined ? undefined : slots[slot];
  const address = `${name}@${plan.domain}`;
  const asked = await askSecrets([
    ...(own === undefined ? [`Password that ${address} has now`] : []),
    ...(options.otherPassword === true ? [`Password that it had when the snapshot was made`] : []),
  ]);
  const password = own ?? asked[0] ?? "";
  const passwordThen = options.otherPassword === true ? (asked.at(-1) ?? "") : password;
  return { name, plan, keyDigest: slots.helperKeyDigest, password, passwordThen };
}

function sizeOf(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

const snapshotWords = ({ snapshot, time }: RestoreAnswer): string =>
  `${snapshot.slice(0, 8)} of ${time.slice(0, 16).replace("T", " ")} UTC`;

function describeIntent(address: string, answer: RestoreAnswer): string {
  return [
    `It would bring ${address} back from the snapshot ${snapshotWords(answer)}:`,
    `  ${sizeOf(answer.bytes)} of it are brought to the host, which has ${sizeOf(answer.freeBytes)} free`,
    `  its messages go into folders below \`${answer.folder}\`; those that are there already are passed over`,
    "  what is in the mailbox stays as it is, and nothing is restarted",
  ].join("\n");
}

function describeDone(address: string, answer: RestoreAnswer): string {
  const folders = answer.folders ?? [];
  const sum = (key: "messages" | "added"): number => folders.reduce((all, one) => all + one[key], 0);
  const [messages, added] = [sum("messages"), sum("added")];
  const there = messages - added;
  const head = `${address}: ${String(messages)} messages of the snapshot ${snapshotWords(answer)} are beside the live ones`;
  const how = `${String(added)} put there${there > 0 ? `, ${String(there)} were there already` : ""}`;
  const rows = folders.map((one) => [printable(one.folder), String(one.messages), String(one.added)]);
  const shown = rows.length === 0 ? "" : `\n\n${table([["FOLDER", "MESSAGES", "PUT THERE"], ...rows])}`;
  return `${mark("ok", `${head}: ${how}`)}${shown}`;
}

/** Runs the command. @throws CommandError where nothing, or not all, was brought back */
export async function restoreCommand(given: string, options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { config, plan } = loadPlan(stack);
  if (config.backups === undefined) {
    const next = "what was never backed up cannot come back; docs/guides/backups.md shows how to begin";
    throw new CommandError("the stack has no backups: mailstead:backups is not set", next, 2);
  }
  const wanted = options.snapshot ?? "newest";
  if (options.snapshot !== undefined && !/^[0-9a-f]{8,64}$/.test(wanted))
    throw new CommandError(`${printable(wanted)} is no id of a snapshot`, LIST, 2);
  const remote = await findRemote(stack);
  const mailbox = await openMailbox(given, plan, stack, options);
  const address = `${mailbox.name}@${plan.domain}`;
  const file = await findFile(remote, mailbox);
  if (typeof file !== "string") throw notDone(file, address);
  const dry = options.dryRun === true;
  const answer = await askRestore(remote, dry ? "look" : "take", wanted, file, mailbox);
  if ("code" in answer) throw notDone(answer, address);
  if (options.json === true) printJson({ mailbox: address, dryRun: dry, ...answer });
  else print(dry ? describeIntent(address, answer) : describeDone(address, answer));
  return 0;
}
