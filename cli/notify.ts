/** Tells somebody of an audit, when its findings changed since the last time. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readMailAddress } from "../stack/values/mailAddress.ts";
import { auditExitCode } from "../verify/judge/exitCode.ts";
import type { Audit } from "../verify/model/observation.ts";
import { summaryLine } from "../verify/report/cells.ts";
import { listFindingLines, newsSince, writeNews, type News } from "../verify/report/news.ts";
import { printable } from "../stack/values/printable.ts";
import { writeTextReport } from "../verify/report/text.ts";
import { runToEnd, projectFolder } from "./engine.ts";
import { writeWhole } from "./lateValues.ts";
import { CommandError } from "./output/terminal.ts";

/** Where news go. */
export type NotifyTarget =
  | { readonly kind: "mail"; readonly address: string }
  | { readonly kind: "webhook"; readonly url: URL };

const WORDS = "mail:you@example.org or webhook:https://chat.example.org/hook";
/** Where programs for mail usually are, beside PATH. */
const SENDMAIL = ["sendmail", "/usr/sbin/sendmail", "/usr/lib/sendmail"];
const WEBHOOK_TIMEOUT_MS = 20_000;
const SENDMAIL_SECONDS = 60;

/**
 * Reads `mail:ADDRESS` and `webhook:URL`.
 *
 * @throws CommandError that does not repeat a URL: it may hold a secret.
 */
export function notifyTarget(word: string): NotifyTarget {
  const [, kind, value = ""] = /^(mail|webhook):(.+)$/.exec(word.trim()) ?? [];
  if (kind === "mail") {
    const address = readMailAddress(value);
    if (address.fault === undefined) return { kind, address: address.value };
  }
  if (kind === "webhook" && URL.canParse(value) && /^https?:/.test(value)) {
    return { kind, url: new URL(value) };
  }
  throw new CommandError("--notify names no place to tell", `give ${WORDS}`);
}

function stateFile(stack: string): string {
  return join(projectFolder(), ".mailstead", stack, "notified.json");
}

/** Findings that were told last; none before the first time. */
function toldBefore(stack: string): readonly string[] {
  try {
    const { findings } = JSON.parse(readFileSync(stateFile(stack), "utf8")) as { findings?: unknown };
    return Array.isArray(findings) ? findings.filter((line) => typeof line === "string") : [];
  } catch {
    return [];
  }
}

async function sendMail(address: string, audit: Audit, news: News): Promise<void> {
  const message = [
    `To: ${address}`,
    `Subject: DNS of ${printable(audit.domain)}: ${news.appeared.length} new, ${news.gone.length} gone`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...(Buffer.from(`${writeNews(news)}\n\n${writeTextReport(audit)}`)
      .toString("base64")
      .match(/.{1,76}/g) ?? []),
    "",
  ].join("\n");
  for (const program of SENDMAIL) {
    const ended = await runToEnd(program, ["-i", "-t"], message, SENDMAIL_SECONDS).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    });
    if (ended?.code === 0) return;
    if (ended !== undefined)
      throw new CommandError(
        `sendmail ended with ${ended.code}: ${ended.stderr.trim().slice(-300)}`,
        "set up this machine's mail, or use --notify webhook:URL",
      );
  }
  throw new CommandError(
    "there is no sendmail on this machine",
    "install one, such as msmtp-mta, or use --notify webhook:URL",
  );
}

/** Longest text that chat services take as one message, with room for what they add. */
const MOST_CHARACTERS = 3500;

/**
 * Text for a chat: whatever a record says, it calls nobody. `@channel` and `<!here>` ring for everyone in a room, and a
 * link may say what it is not.
 */
function chatText(text: string): string {
  const quiet = text.replaceAll("@", "@\u200b").replaceAll("<", "‹").replaceAll(">", "›");
  return quiet.length <= MOST_CHARACTERS ? quiet : `${quiet.slice(0, MOST_CHARACTERS)}…`;
}

async function callWebhook(url: URL, audit: Audit, news: News): Promise<void> {
  const next = "look at the address and at the service behind it; the news come again with the next audit";
  // `text` is what chat services show.
  const body = {
    text: chatText(`DNS of ${printable(audit.domain)}: ${printable(summaryLine(audit))}\n${writeNews(news)}`),
    // Services that read a mention out of anything are told not to.
    ...{ allowed_mentions: { parse: [] }, link_names: false },
    ...{ domain: audit.domain, exitCode: auditExitCode(audit), ...news, audit },
  };
  let status: number;
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    status = answer.status;
  } catch {
    throw new CommandError(`the webhook at ${url.host} did not answer`, next);
  }
  if (status < 200 || status > 299)
    throw new CommandError(`the webhook at ${url.host} answered ${status}`, next);
}

/**
 * Tells every target, when findings came or went since the last time. The first audit tells only of findings.
 *
 * What was told is kept in `.mailstead/STACK/notified.json` once all targets took it; until then it is told again.
 *
 * @throws CommandError when one of them could not be told.
 */
export async function notify(
  targets: readonly NotifyTarget[],
  stack: string,
  audit: Audit,
): Promise<"told" | "nothing new"> {
  const findings = listFindingLines(audit);
  const news = newsSince(toldBefore(stack), findings);
  if (news === undefined) return "nothing new";
  for (const target of targets) {
    if (target.kind === "mail") await sendMail(target.address, audit, news);
    else await callWebhook(target.url, audit, news);
  }
  writeWhole(stateFile(stack), `${JSON.stringify({ findings }, null, 2)}\n`);
  return "told";
}
