/**
 * The outgoing queue, with upstream's field names and states. Newer releases keep it beside accounts and domains, older ones
 * in a database of its own (`EMAILS_MONGO_URI`); who goes by this model need not know.
 */
import mongoose, { type HydratedDocument, type Model, type Types } from "mongoose";
import { connectionOfModels } from "../config/connection.ts";

/** A message on its way out, with all of its recipients. */
export interface Email {
  alias?: Types.ObjectId;
  domain: Types.ObjectId;
  user: Types.ObjectId;
  status: "pending" | "queued" | "sent" | "partially_sent" | "deferred" | "bounced" | "rejected";
  /** Somebody is sending it. */
  is_locked: boolean;
  locked_by?: string;
  locked_at?: Date;
  envelope: { from: string; to: string[] };
  /** Headers and body as they came; once it is sent, a line in their place. */
  message: Buffer;
  is_redacted: boolean;
  /** Without angle brackets. */
  messageId: string;
  headers: Record<string, string>;
  /** Of the header. It does not leave before, and it is given up five days after. */
  date: Date;
  subject?: string;
  /** Recipients that have it. */
  accepted: string[];
  /** The last failure of each of the others. */
  rejectedErrors: { recipient: string; message: string; responseCode: number; date: Date }[];
  created_at: Date;
  updated_at: Date;
}

/** A message as the models give it. */
export type EmailDocument = HydratedDocument<Email>;
type EmailModel = Model<Email>;

const STATES = ["pending", "queued", "sent", "partially_sent", "deferred", "bounced", "rejected"];
const id = mongoose.Schema.Types.ObjectId;
const mixed = mongoose.Schema.Types.Mixed;

const schema = new mongoose.Schema<Email, EmailModel>(
  {
    alias: { type: id, ref: "Aliases" },
    domain: { type: id, ref: "Domains", required: true },
    user: { type: id, ref: "Users", required: true },
    status: { type: String, required: true, default: "queued", enum: STATES },
    is_locked: { type: Boolean, default: false },
    locked_by: String,
    locked_at: Date,
    envelope: { from: { type: String, required: true, lowercase: true, trim: true }, to: mixed },
    message: { type: mixed, required: true },
    is_redacted: { type: Boolean, default: false },
    messageId: { type: String, required: true },
    headers: { type: mixed, required: true },
    date: { type: Date, required: true },
    subject: String,
    accepted: [{ type: String, lowercase: true, trim: true }],
    rejectedErrors: [mixed],
    created_at: Date,
  },
  { timestamps: { createdAt: "created_at", updatedAt: "updated_at" }, versionKey: false },
);

const Emails = connectionOfModels().model<Email, EmailModel>("Emails", schema, "emails");

export { Emails as "module.exports", Emails as default };
