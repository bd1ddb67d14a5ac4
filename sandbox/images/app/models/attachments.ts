/** Bodies that messages of a mailbox share. */
import { columns, defineModel } from "../helpers/mongoose-to-sqlite.ts";

/** An attachment, with upstream's field names. */
export interface Attachment {
  readonly _id: string;
  readonly hash: string;
  readonly attachmentId: string;
  readonly magic: number;
  readonly contentType: string;
  readonly transferEncoding: string;
  readonly lineCount: number;
  /** How many messages have it. */
  readonly counter: number;
  readonly size: number;
  readonly body: Buffer;
}

const Attachments = defineModel<Attachment>("Attachments", {
  _id: columns.id,
  hash: columns.text,
  attachmentId: columns.text,
  magic: columns.number,
  contentType: columns.text,
  transferEncoding: columns.text,
  lineCount: columns.number,
  counter: columns.number,
  size: columns.number,
  body: columns.bytes,
});

export { Attachments as "module.exports", Attachments as default };
