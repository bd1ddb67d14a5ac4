/**
 * Messages taken apart, and put together again byte for byte. Upstream takes them apart to the last part; here a message is
 * a head and a body, and a body that is not plain text lies among the attachments, as upstream's do.
 */
import { Readable } from "node:stream";
import type { Database } from "better-sqlite3-multiple-ciphers";
import type AttachmentStorage from "./attachment-storage.ts";
import type { Bound } from "./attachment-storage.ts";

/** A message as it is kept, with upstream's names. */
export interface MimeTree extends Bound {
  /** Lines of the head, folded ones as one. */
  readonly header: readonly string[];
  /** Bytes as a binary string; absent where they lie among the attachments. */
  readonly body?: string;
  readonly attachmentId?: string;
  /** Hash of an attachment by its id. */
  readonly attachmentMap?: Readonly<Record<string, string>>;
  readonly size: number;
}

const HEAD_ENDS = "\r\n\r\n";

class Indexer {
  readonly attachmentStorage: AttachmentStorage;

  constructor(options: { attachmentStorage: AttachmentStorage }) {
    this.attachmentStorage = options.attachmentStorage;
  }

  /** Takes a message apart; what belongs among the attachments is put there. */
  parse(db: Database, raw: Buffer): MimeTree {
    const text = raw.toString("latin1");
    const end = text.indexOf(HEAD_ENDS);
    const head = end <= 0 ? "" : text.slice(0, end);
    const body = end <= 0 ? text : text.slice(end + HEAD_ENDS.length);
    const header = head === "" ? [] : head.split(/\r\n(?![ \t])/);
    const type = /^content-type:\s*([^;\s]+)/i;
    const contentType = header.map((line) => type.exec(line)?.[1]).find(Boolean) ?? "text/plain";
    const size = body.length;
    if (/^text\//i.test(contentType)) return { header, body, size };
    const hash = this.attachmentStorage.create(db, Buffer.from(body, "latin1"), contentType);
    return { header, size, attachmentId: "ATT00001", attachmentMap: { ATT00001: hash } };
  }

  /** The whole message, without a selector. What is asked of the attachments is asked in the name of `instance` and `session`. */
  getContents(
    mimeTree: MimeTree,
    selector: object | false,
    options: { readonly startFrom?: number; readonly maxLength?: number } = {},
    instance?: unknown,
    session?: unknown,
  ): { type: "stream"; value: Readable; expectedLength: number } {
    if (selector !== false || Object.keys(options).length > 0)
      throw new TypeError("parts of a message are not known here");
    if (instance !== undefined) mimeTree[Symbol.for("instance")] = instance;
    if (session !== undefined) mimeTree[Symbol.for("session")] = session;
    return this.rebuild(mimeTree);
  }

  rebuild(mimeTree: MimeTree): { type: "stream"; value: Readable; expectedLength: number } {
    const head = mimeTree.header.length === 0 ? "" : mimeTree.header.join("\r\n") + HEAD_ENDS;
    const { attachmentStorage } = this;
    async function* pieces(): AsyncGenerator<Buffer> {
      yield Buffer.from(head, "latin1");
      const hash = mimeTree.attachmentMap?.[mimeTree.attachmentId ?? ""];
      if (hash === undefined) yield Buffer.from(mimeTree.body ?? "", "latin1");
      else yield (await attachmentStorage.get(mimeTree, hash)).body;
    }
    const expectedLength = head.length + mimeTree.size;
    return { type: "stream", value: Readable.from(pieces(), { objectMode: false }), expectedLength };
  }
}

export { Indexer as "module.exports", Indexer as default };
