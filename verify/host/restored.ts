/** What a drill's server came back with: asked of the host itself, and judged. */
import { z } from "zod";
import { COMMAND } from "../../stack/values/command.ts";
import type { AskHost, Finding } from "../model/finding.ts";

/** A mailbox whose password is known. */
export interface Login {
  readonly address: string;
  /** SECRET. It goes to the host by standard input. */
  readonly password: string;
}

const manifestSchema = z.object({
  time: z.string(),
  generation: z.number(),
  counts: z.object({
    files: z.number(),
    bytes: z.number(),
    mailboxes: z.number(),
    /** Messages that had still to leave; absent or null where nobody told. */
    waiting: z.number().nullish(),
  }),
});

const restoredSchema = z.object({
  manifest: manifestSchema.nullable(),
  snapshot: z.string(),
  mailboxFiles: z.number(),
  /** Messages that have still to leave, held ones too; null where the app did not tell. */
  waiting: z.number().nullable(),
  /** Public half of the DKIM key in the snapshot: SPKI DER in base64. */
  dkimKey: z.string(),
  logins: z.array(
    z.union([
      z.object({ address: z.string(), messages: z.number(), read: z.number() }),
      z.object({ address: z.string(), failed: z.string() }),
    ]),
  ),
  /** What `openssl x509` says of the one that is shown; empty where it shows none. */
  certificate: z.string(),
});

export type Restored = z.infer<typeof restoredSchema>;

/**
 * Asks, and logs in to each mailbox.
 *
 * @param program text of `drill-look.py`.
 * @param port of IMAP, or of another program with TLS where there are no mailboxes.
 */
export async function askRestored(
  ask: AskHost,
  program: string,
  logins: readonly Login[],
  port: number,
): Promise<Restored> {
  const settings = JSON.stringify({
    port,
    mailboxes: logins.map(({ address, password }) => [address, password]),
  });
  // Python reads a text of JSON by its own reader: nothing in a password can become code.
  const literal = JSON.stringify(settings);
  const script = `python3 - <<'END_OF_PROGRAM'\nimport json as _json\nSETTINGS = _json.loads(${literal})\n${program}\nEND_OF_PROGRAM\n`;
  return restoredSchema.parse(JSON.parse((await ask(script)).trim().split("\n").at(-1) ?? ""));
}

const OLDER = `try an older one: ${COMMAND} backup --list, then ${COMMAND} drill --snapshot ID`;

function judgeCounts({ manifest, mailboxFiles, snapshot }: Restored): Finding[] {
  if (manifest === null)
    return [{ subject: "snapshot", state: "bad", seen: "none was restored", fix: `${COMMAND} backup` }];
  const { counts, time, generation } = manifest;
  const size = `${String(counts.files)} files, ${(counts.bytes / (1 << 20)).toFixed(1)} MiB`;
  const all = mailboxFiles === counts.mailboxes;
  return [
    {
      subject: "snapshot",
      state: "ok",
      seen: `${snapshot.slice(0, 8)} of ${time}, generation ${String(generation)}`,
    },
    { subject: "hashes", state: "ok", seen: `every file is as the snapshot's manifest has it (${size})` },
    {
      subject: "mailboxes",
      state: all ? "ok" : "bad",
      seen:
        counts.mailboxes === 0 && all
          ? "the snapshot counts none"
          : `${String(mailboxFiles)} of ${String(counts.mailboxes)} are there`,
      ...(all ? {} : { fix: OLDER }),
    },
  ];
}

/** The queue was counted a moment before the snapshot, so that a difference is no fault of it. */
function judgeWaiting({ manifest, waiting }: Restored): Finding[] {
  const before = manifest?.counts.waiting;
  if (before === undefined || before === null) return [];
  const subject = "mail queue";
  if (waiting === null)
    return [{ subject, state: "bad", seen: "the restored queue cannot be read", fix: OLDER }];
  const seen = `${String(waiting)} messages wait to leave; ${String(before)} did a moment before the snapshot`;
  return [{ subject, state: waiting === 0 && before > 0 ? "warn" : "ok", seen }];
}

/** One login that reads a message is the proof. One that fails may have a password that its owner changed. */
function judgeLogins({ logins }: Restored): Finding[] {
  if (logins.length === 0)
    return [
      {
        subject: "login",
        state: "warn",
        seen: "this server has no mailboxes: its containers run, and that is all",
      },
    ];
  const opened = logins.filter((login) => "messages" in login);
  const failed = logins.filter((login) => "failed" in login);
  const messages = opened.reduce((sum, one) => sum + one.messages, 0);
  const didRead = opened.some(({ read }) => read > 0);
  const seen = `${String(opened.length)} of ${String(logins.length)} mailboxes opened, with ${String(messages)} messages`;
  const [proof]: Finding[] =
    opened.length === 0
      ? [
          {
            subject: "login",
            state: "bad",
            seen: "no mailbox can be opened",
            fix: "docs/guides/drill.md, When it is red",
          },
        ]
      : [
          didRead || messages === 0
            ? {
                subject: "login",
                state: messages === 0 ? "warn" : "ok",
                seen: messages === 0 ? `${seen}: there was nothing to read` : `${seen}; one was read`,
              }
            : { subject: "login", state: "bad", seen: `${seen}, and none could be read`, fix: OLDER },
        ];
  return [
    ...(proof === undefined ? [] : [proof]),
    ...failed.map(({ address, failed: why }): Finding => ({
      subject: `mailbox ${address}`,
      state: "warn",
      seen: `cannot be opened by the stack's password: ${why}`,
      fix: `does it open on the live server? If so, its snapshot is not whole; if not: ${COMMAND} mailbox password ${address}`,
    })),
  ];
}

function field(text: string, name: string): string {
  return new RegExp(`^${name} ?= ?(.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
}

/** It came from the snapshot, and none was ordered: whether it is good tells what people would see until the next order. */
function judgeCertificate({ certificate }: Restored, now: Date): Finding {
  const subject = "certificate";
  if (certificate === "") return { subject, state: "bad", seen: "none is shown" };
  const [issuer, until] = [field(certificate, "issuer"), field(certificate, "notAfter")];
  if (field(certificate, "subject") === issuer)
    return {
      subject,
      state: "warn",
      seen: "the snapshot has one that the server signed itself",
      fix: `${COMMAND} status`,
    };
  const isOver = Date.parse(until.replace(" ", "T")) < now.getTime();
  return {
    subject,
    state: isOver ? "warn" : "ok",
    seen: `the snapshot's, of ${issuer}, until ${until}${isOver ? ": a real restore orders a new one" : ""}`,
  };
}

/** All that the host told. */
export function judgeRestored(restored: Restored, now: Date): Finding[] {
  const counts = judgeCounts(restored);
  if (restored.manifest === null) return counts;
  return [...counts, ...judgeWaiting(restored), ...judgeLogins(restored), judgeCertificate(restored, now)];
}

/** Messages in all mailboxes that were opened. */
export function countMessages({ logins }: Restored): number {
  return logins.reduce((sum, login) => sum + ("messages" in login ? login.messages : 0), 0);
}

/**
 * The key of the snapshot against the one that the DNS has.
 *
 * @param name of the record.
 * @param texts that a resolver answered; undefined where none did.
 */
export function judgeDkim(
  { dkimKey }: Restored,
  name: string,
  texts: readonly string[] | undefined,
): Finding {
  const subject = `DKIM ${name}`;
  if (dkimKey === "")
    return { subject, state: "bad", seen: "the snapshot has no key that can be read", fix: OLDER };
  if (texts === undefined)
    return {
      subject,
      state: "warn",
      seen: "no resolver answered, so the key was not compared",
      fix: `${COMMAND} audit`,
    };
  const keys = texts.map((text) => /(?:^|;)\s*p=([A-Za-z0-9+/=\s]*)/.exec(text)?.[1]?.replaceAll(/\s/g, ""));
  if (keys.includes(dkimKey))
    return { subject, state: "ok", seen: "the restored key is the one that the DNS has" };
  const seen = keys.length === 0 ? "the DNS has no such key" : "the DNS has another key than the snapshot";
  return { subject, state: "bad", seen: `${seen}: mail would fail its signature`, fix: `${COMMAND} audit` };
}
