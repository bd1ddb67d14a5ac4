/** Addresses of a domain, with the password that each may have. */
import mongoose, { type HydratedDocument, type Model, type Types } from "mongoose";
import { connectionOfModels } from "../config/connection.ts";
import { variables } from "../config/env.ts";
import { isWeak } from "../helpers/password-strength.ts";
import { hashPassword, randomHex } from "../secrets.ts";

/** What is kept of a password. Hash and salt are read only by who asks for them. */
export interface Token {
  description: string;
  hash?: string;
  salt?: string;
  has_pbkdf2_migration?: boolean;
}

/** An address, with upstream's field names. */
export interface Alias {
  /** Part before the `@`. */
  name: string;
  domain: Types.ObjectId;
  user: Types.ObjectId;
  is_enabled: boolean;
  /** Mail is stored in a mailbox. */
  has_imap: boolean;
  /** Addresses that mail is forwarded to. */
  recipients: string[];
  tokens: Token[];
  /** Folder of the storage that has the mailbox. */
  storage_location?: string;
}

interface Methods {
  createToken(description?: string, password?: string, inputs?: readonly string[]): Promise<string>;
}

/** An alias as the models give it. */
export type AliasDocument = HydratedDocument<Alias, Methods>;
type AliasModel = Model<Alias, object, Methods>;

const hidden = { type: String, select: false };
const tokenSchema = new mongoose.Schema<Token>(
  {
    description: { type: String, default: "" },
    hash: hidden,
    salt: hidden,
    has_pbkdf2_migration: { type: Boolean, select: false },
  },
  {
    timestamps: { createdAt: "created_at", updatedAt: "updated_at" },
    // Upstream's hide them too: only the documents themselves can be compared with a password.
    toObject: {
      transform: (_document, plain) =>
        Object.fromEntries(Object.entries(plain).filter(([name]) => name !== "hash" && name !== "salt")),
    },
  },
);

const schema = new mongoose.Schema<Alias, AliasModel, Methods>(
  {
    name: {
      type: String,
      required: true,
      lowercase: true,
      trim: true,
      match: /^[a-z0-9][a-z0-9.+_-]{0,63}$/,
    },
    domain: { type: mongoose.Schema.Types.ObjectId, ref: "Domains", required: true },
    user: { type: mongoose.Schema.Types.ObjectId, ref: "Users", required: true },
    is_enabled: { type: Boolean, default: true },
    has_imap: { type: Boolean, default: false },
    recipients: [{ type: String, match: /^[^@\s]+@[^@\s]+$/ }],
    tokens: [tokenSchema],
    storage_location: String,
  },
  { timestamps: { createdAt: "created_at", updatedAt: "updated_at" } },
);

schema.pre("validate", async function () {
  if (!this.has_imap && this.recipients.length === 0)
    throw new Error("Alias must have a mailbox or at least one recipient");
  if (this.has_imap) this.storage_location ??= variables["SQLITE_STORAGE_PATH"] ?? "";
  if (!this.isNew && !this.isModified("name")) return;
  const same = { domain: this.domain, name: this.name, _id: { $ne: this._id } };
  if ((await Aliases.findOne(same).lean()) !== null) throw new Error(`Alias ${this.name} exists already`);
});

async function createToken(
  this: AliasDocument,
  description = "",
  password = "",
  inputs: readonly string[] = [],
): Promise<string> {
  if (/["'\s]/.test(password)) throw new Error("Password must not have quotes or white space");
  if (password !== "" && isWeak(password, inputs)) throw new Error("Password strength is not strong enough.");
  const own = password === "" ? randomHex(24) : password;
  this.tokens.push({ description, ...hashPassword(own) });
  return Promise.resolve(own);
}

// Adds a password, which is not stored: the given one, or one made here. It is answered, and the caller saves.
schema.method("createToken", createToken);

const Aliases = connectionOfModels().model<Alias, AliasModel>("Aliases", schema, "aliases");

export { Aliases as "module.exports", Aliases as default };
