/** One run of `mailstead upgrade`: what its parts share. */
import process from "node:process";
import { join } from "node:path";
import { readAsset } from "../../components/assets.ts";
import { UPGRADE_SCRIPT } from "../../stack/host/paths.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { shellQuote } from "../../stack/values/shellQuote.ts";
import { askMailState, STATE_PIECES, type MailState } from "../../verify/host/mailState.ts";
import type { AskHost } from "../../verify/model/finding.ts";
import { projectFolder, pulumiAttached } from "../engine.ts";
import { print } from "../output/terminal.ts";
import { runScript, showLines, type Remote } from "../remote.ts";

/** The stack, its file and its host. */
export interface Run {
  readonly stack: string;
  /** Name of the stack's file, and its path. */
  readonly file: string;
  readonly path: string;
  readonly remote: Remote;
  /** Standard output is for one document: all else is told on standard error. */
  readonly json: boolean;
}

export function makeRun(stack: string, remote: Remote, json: boolean): Run {
  const file = `Pulumi.${stack}.yaml`;
  return { stack, file, path: join(projectFolder(), file), remote, json };
}

/** Tells a person how far it is. */
export function tell({ json }: Run, text: string): void {
  if (json) process.stderr.write(`${text}\n`);
  else print(text);
}

/** Asks the host by a script. */
export function askOf({ remote }: Run): AskHost {
  return (script) => runScript(remote, script);
}

/** Has the host run a verb of its script, and shows what that says. Returns its exit code. */
export function onHost({ remote, json }: Run, ...words: readonly string[]): Promise<number> {
  const line = [UPGRADE_SCRIPT, ...words.map(shellQuote)];
  return showLines(remote, line, json ? process.stderr : process.stdout);
}

/** A plain `pulumi up`, shown as it goes. Returns its exit code. */
export function up({ stack, json }: Run): Promise<number> {
  return pulumiAttached(["up", "--yes", "--skip-preview", "--stack", stack], json ? "stderr" : "stdout");
}

/** What the mail server has now, or why it cannot be told. */
export async function askLive(run: Run, plan: Plan): Promise<MailState["live"]> {
  return (await askMailState(askOf(run), plan, STATE_PIECES.map(readAsset).join(""))).live;
}
