/** Mail that came since its owner last logged in: who delivers knows no password of theirs. */
import { columns, defineModel } from "../helpers/mongoose-to-sqlite.ts";

/** A message that waits, with upstream's field names. */
export interface TemporaryMessage {
  readonly _id: string;
  readonly date: Date;
  readonly remoteAddress: string;
  readonly raw: Buffer;
}

const TemporaryMessages = defineModel<TemporaryMessage>("TemporaryMessages", {
  _id: columns.id,
  date: columns.date,
  remoteAddress: columns.text,
  raw: columns.bytes,
});

export { TemporaryMessages as "module.exports", TemporaryMessages as default };
