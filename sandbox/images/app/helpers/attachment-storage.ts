/** Bodies that are kept beside the messages, each once, by the hash of its bytes. */
import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3-multiple-ciphers";
import Attachments, { type Attachment } from "../models/attachments.ts";
import { newId } from "../models/mailboxes.ts";
import { insert, type Instance } from "./mongoose-to-sqlite.ts";
import type { Session } from "./setup-pragma.ts";

/** A message as it was taken apart, with who asks for it bound to it. */
export interface Bound {
  [key: symbol]: unknown;
}

class AttachmentStorage {
  /** Throws where there is none, or nobody is bound to the message that asks. */
  async get(mimeTree: Bound, hash: string): Promise<Attachment> {
    const instance = mimeTree[Symbol.for("instance")] as Instance | undefined;
    const session = mimeTree[Symbol.for("session")] as Session | undefined;
    if (instance === undefined) throw new TypeError("Instance is not defined");
    if (session === undefined) throw new TypeError("Session is not defined");
    const found = await Attachments.findOne(instance, session, { hash });
    if (found === null) throw new Error("This attachment does not exist");
    return found;
  }

  /** Keeps a body; the same one is kept once. Returns its hash. */
  create(db: Database, body: Buffer, contentType: string): string {
    const hash = createHash("sha256").update(body).digest("hex").slice(0, 10);
    const counted = db.prepare("UPDATE Attachments SET counter = counter + 1 WHERE hash = ?").run(hash);
    if (counted.changes > 0) return hash;
    insert(db, Attachments, {
      ...{ _id: newId(), hash, attachmentId: "ATT00001", magic: 0, contentType },
      ...{ transferEncoding: "binary", lineCount: 0, counter: 1, size: body.length, body },
    });
    return hash;
  }
}

export { AttachmentStorage as "module.exports", AttachmentStorage as default };
