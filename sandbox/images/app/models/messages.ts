/** Messages of a mailbox. */
import type { MimeTree } from "../helpers/indexer.ts";
import { columns, defineModel } from "../helpers/mongoose-to-sqlite.ts";

/** A message, with upstream's field names. */
export interface Message {
  readonly _id: string;
  /** Id of its folder. */
  readonly mailbox: string;
  readonly uid: number;
  /** When it came, or what who put it there says. */
  readonly idate: Date;
  readonly flags: readonly string[];
  readonly size: number;
  readonly msgid: string;
  readonly mimeTree: MimeTree;
}

const Messages = defineModel<Message>("Messages", {
  _id: columns.id,
  mailbox: columns.id,
  uid: columns.number,
  idate: columns.date,
  flags: columns.json,
  size: columns.number,
  msgid: columns.text,
  mimeTree: columns.json,
});

export { Messages as "module.exports", Messages as default };
