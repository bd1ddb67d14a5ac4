/** What the host is asked, and does, to take a mailbox back: scripts that travel by standard input, secrets with them. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { readAsset } from "../../components/assets.ts";
import { SQLITE_STORAGE_PATH } from "../../stack/host/paths.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { findPort } from "../../stack/services/table.ts";
import { shellQuote } from "../../stack/values/shellQuote.ts";
import { runScript, showScript, type Remote } from "../remote.ts";

/** A mailbox, and what opens it. */
export interface Mailbox {
  /** Before the @. */
  readonly name: string;
  readonly plan: Plan;
  /** SHA-256 of HELPER_ENCRYPTION_KEY, hexadecimal. */
  readonly keyDigest: string;
  /** What it has now. */
  readonly password: string;
  /** What it had when the snapshot was made. */
  readonly passwordThen: string;
}

/** Why something was not done. */
export interface Left {
  readonly code: string;
  readonly about: string;
}

const folderSchema = z.object({
  folder: z.string(),
  /** Of the snapshot. */
  messages: z.number(),
  /** Put there now; the others were there already. */
  added: z.number(),
});

const answerSchema = z.object({
  snapshot: z.string(),
  /** When it was made, UTC. */
  time: z.string(),
  /** Of the mailbox's files in it. */
  bytes: z.number(),
  freeBytes: z.number(),
  /** Above those that messages are put into. */
  folder: z.string(),
  folders: z.array(folderSchema).nullable(),
});

/** What the host found, and did where it was told to. */
export type RestoreAnswer = z.infer<typeof answerSchema>;

function readLeft(line: string): Left | undefined {
  const [, code, about = ""] = /^left ([a-z-]+) ?(.*)$/.exec(line) ?? [];
  return code === undefined ? undefined : { code, about };
}

function settingsOf({ name, plan, keyDigest }: Mailbox) {
  const { domain, contact } = plan;
  return { webHost: domain, keyDigest, email: contact, domain, address: name };
}

const pieces = (names: readonly string[]): string => names.map(readAsset).join("");

/** Name of its file, once the server knows the address and its password. */
export async function findFile(remote: Remote, mailbox: Mailbox): Promise<string | Left> {
  const { password } = mailbox;
  const settings = { ...settingsOf(mailbox), password, storage: `/mnt/${SQLITE_STORAGE_PATH}` };
  const program = pieces(["onboarding-guard.cjs", "onboarding-look.cjs", "mailbox-find.cjs"]);
  const call = `globalThis.mailstead.findMailbox(${JSON.stringify(settings)});`;
  const script = `docker exec --interactive web node - 2>/dev/null <<'END_OF_PROGRAM'\n${program}${call}\nEND_OF_PROGRAM\n`;
  const [, said = ""] = /^mailstead (.*)$/m.exec(await runScript(remote, script)) ?? [];
  const [, file] = /^found ([0-9a-f]{24}\.sqlite)$/.exec(said) ?? [];
  return file ?? readLeft(said) ?? { code: "no-answer", about: "" };
}

/** A file's text in a variable or of a function of the shell. */
const document = (begin: string, text: string): string =>
  `${begin} <<'END_OF_DOCUMENT'\n${text}\nEND_OF_DOCUMENT\n`;

function writeScript(verb: "look" | "take", wanted: string, file: string, mailbox: Mailbox): string {
  const { name, plan, password, passwordThen } = mailbox;
  // What the app logs cannot be taken for ours.
  const mark = `mailstead-${randomUUID()} `;
  const reading = { ...settingsOf(mailbox), password: passwordThen, path: `/restore/${file}`, mark };
  const secrets = { port: findPort("imap"), address: `${name}@${plan.domain}`, password, mark };
  const program = pieces(["onboarding-guard.cjs", "mailbox-read.cjs"]);
  const call = `globalThis.mailstead.readMailbox(${JSON.stringify(reading)});`;
  return [
    `verb=${verb}\nwanted=${shellQuote(wanted)}\nfile=${shellQuote(file)}\n`,
    document("read -r -d '' questions", readAsset("mailbox-restore.py")).replace(
      "<<'END_OF_DOCUMENT'",
      "<<'END_OF_DOCUMENT' || true",
    ),
    `reader() {\n${document("cat", program + call)}}\n`,
    `secrets() {\n${document("cat", JSON.stringify(secrets))}}\n`,
    readAsset("mailbox-restore.sh"),
    "main </dev/null\n",
  ].join("");
}

/** Looks for the mailbox in the snapshots, and brings its messages back where it is told to. What it does is said meanwhile. */
export async function askRestore(
  remote: Remote,
  verb: "look" | "take",
  wanted: string,
  file: string,
  mailbox: Mailbox,
): Promise<RestoreAnswer | Left> {
  const { code, stdout } = await showScript(remote, writeScript(verb, wanted, file, mailbox));
  const line = stdout.trim().split("\n").at(-1) ?? "";
  const left = readLeft(line);
  if (left !== undefined) return left;
  if (code !== 0 || !line.startsWith("{"))
    return { code: "failed", about: `the host ended with ${String(code)}` };
  return answerSchema.parse(JSON.parse(line));
}
