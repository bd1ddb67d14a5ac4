/** `mailstead renew`: has the host renew its certificate, by the script that its timer runs. */
import { CERTIFICATE_SCRIPT } from "../../stack/mail/certificates.ts";
import type { Config } from "../../stack/model/config.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { stackName } from "../engine.ts";
import { CommandError, mark, print, printJson } from "../output/terminal.ts";
import { loadPlan } from "../project.ts";
import { findRemote, showProgress } from "../remote.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly force?: true | undefined;
  readonly json?: boolean | undefined;
}

/** What the host says that it came to; dates are UTC, and empty where there is none. */
interface Renewal {
  readonly outcome: "renewed" | "kept" | "waits" | "refused" | "unread" | "passed" | "untested";
  readonly names: readonly string[];
  readonly directory: string;
  readonly validUntil: string;
  /** Until when the certificate of before was valid. */
  readonly before: string;
  /** A new order is due in any case: there is none, its settings changed, or the last one was refused. */
  readonly ordersAnew: boolean;
  /** Containers that read the certificate. */
  readonly readers: readonly string[];
  readonly restarted: readonly string[];
  readonly notRestarted: readonly string[];
  readonly nextTry: string;
  readonly reason: string;
}

/** @throws CommandError where the certificate is placed by a person: the host orders none */
function needOrders({ certificates }: Config): void {
  const { method } = certificates;
  if (method === "dns-01" || method === "http-01") return;
  const next =
    method === "provided"
      ? "set certificates.certificate and certificates.privateKey to the new ones, and run `pulumi up`"
      : "place the new files as docs/guides/certificates.md shows";
  throw new CommandError(
    `the host orders no certificate: mailstead:certificates.method is ${method}`,
    next,
    2,
  );
}

function readRenewal({ code, stdout }: { readonly code: number; readonly stdout: string }): Renewal {
  if (code === 2) {
    // An earlier version's script knows no such word.
    throw new CommandError("the host has the script of an earlier version", "run `pulumi up` first", 2);
  }
  if (code !== 0)
    throw new CommandError(`the host ended with ${code}, and nothing was renewed`, `${COMMAND} status`);
  try {
    return JSON.parse(stdout) as Renewal;
  } catch {
    throw new CommandError("the answer of the host cannot be read", `${COMMAND} status`);
  }
}

function restarts({ restarted }: Renewal): string {
  return restarted.length === 0 ? "no container was restarted" : `restarted: ${restarted.join(", ")}`;
}

/** What a trial, and a run, are told as; those that end with 0 are no error. */
const WORDS: Readonly<Record<Renewal["outcome"], (renewal: Renewal) => string>> = {
  renewed: (renewal) => {
    const before = renewal.before === "" ? "" : ` (before: ${renewal.before})`;
    return `a new certificate for ${renewal.names.join(", ")} is in place, valid until ${renewal.validUntil}${before}\n  ${restarts(renewal)}`;
  },
  kept: (renewal) =>
    `the certificate is valid until ${renewal.validUntil}, and not due yet; ${restarts(renewal)}\n` +
    `  the host renews it when about a third of its life is left; now all the same: ${COMMAND} renew --force`,
  passed: ({ names }) => `a test order for ${names.join(", ")} went through; nothing was changed`,
  untested: ({ directory }) =>
    `${directory} has no test service that certbot knows, so nothing was asked and nothing changed`,
  waits: ({ nextTry, reason }) =>
    `the authority refuses until ${nextTry}, and was not asked${reason === "" ? "" : `: ${reason}`}`,
  refused: ({ reason }) => `the order was refused: ${reason === "" ? "no reason given" : reason}`,
  unread: ({ notRestarted }) => `the certificate is there, but not restarted: ${notRestarted.join(", ")}`,
};

const NEXT: Partial<Record<Renewal["outcome"], (renewal: Renewal) => string>> = {
  waits: ({ nextTry }) =>
    `the host tries again by itself at ${nextTry}; the certificate at hand serves meanwhile`,
  refused: () => `mend the cause, try it by \`${COMMAND} renew --dry-run\`, then \`${COMMAND} renew\``,
  unread: () => `${COMMAND} status says how they are; then \`${COMMAND} renew\` again`,
};

/** What a run would do, before what the test order came to. */
function describeIntent({ validUntil, ordersAnew, directory, readers, names }: Renewal): string {
  const hand =
    validUntil === "" ? "there is no certificate" : `the certificate at hand is valid until ${validUntil}`;
  const when = ordersAnew
    ? "it would order a new one"
    : "it would order a new one once certbot finds it due, with about a third of its life left";
  return [
    `${hand}; ${when}:`,
    `  at ${directory}`,
    `  for ${names.join(", ")}`,
    `  and then restart ${readers.join(", ")}`,
  ].join("\n");
}

/** Runs the command. @throws CommandError where nothing could be renewed, or the stack has no host that answers */
export async function renewCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  needOrders(loadPlan(stack).config);
  const remote = await findRemote(stack);
  const verb = options.dryRun === true ? ["try"] : ["now", ...(options.force === true ? ["--force"] : [])];
  const renewal = readRenewal(await showProgress(remote, [CERTIFICATE_SCRIPT, ...verb]));
  const { outcome } = renewal;
  const next = NEXT[outcome]?.(renewal);
  if (options.json === true) {
    printJson(renewal);
    return next === undefined ? 0 : 1;
  }
  if (options.dryRun === true) print(describeIntent(renewal));
  const said = WORDS[outcome](renewal);
  if (next !== undefined) throw new CommandError(said, next);
  print(mark("ok", said));
  return 0;
}
