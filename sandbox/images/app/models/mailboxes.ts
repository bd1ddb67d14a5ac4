/** Folders of a mailbox. */
import mongoose from "mongoose";
import { columns, defineModel } from "../helpers/mongoose-to-sqlite.ts";

/** A folder, with upstream's field names. */
export interface Folder {
  readonly _id: string;
  /** Whole name, with `/` between the levels. */
  readonly path: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly specialUse: string;
}

/** A new id, as documents of the database have them. */
export function newId(): string {
  return new mongoose.Types.ObjectId().toHexString();
}

const Mailboxes = defineModel<Folder>("Mailboxes", {
  _id: columns.id,
  path: columns.text,
  uidValidity: columns.number,
  uidNext: columns.number,
  specialUse: columns.text,
});

export { Mailboxes as "module.exports", Mailboxes as default };
