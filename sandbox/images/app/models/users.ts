/** Accounts: who may log in to the web interface and the API. */
import { randomBytes } from "node:crypto";
import mongoose, { type HydratedDocument, type Model } from "mongoose";
import config from "../config/index.ts";
import { connectionOfModels } from "../config/connection.ts";
import { variables } from "../config/env.ts";
import { isWeak } from "../helpers/password-strength.ts";
import { hashPassword, passwordMatches, randomHex } from "../secrets.ts";

/** An account, with upstream's field names. */
export interface User {
  email: string;
  group: "admin" | "user";
  plan: "free" | "enhanced_protection" | "team";
  has_passed_kyc: boolean;
  has_verified_email: boolean;
  has_set_password: boolean;
  is_banned: boolean;
  plan_expires_at?: Date | null;
  welcome_email_sent_at?: Date | null;
  last_locale: string;
  api_token: string;
  otp_token: string;
  otp_enabled: boolean;
  otp_recovery_keys: string[];
  verification_pin?: string | null;
  /** Wrong passwords since the last right one. */
  login_attempts: number;
  last_login_at?: Date;
  hash?: string;
  salt?: string;
}

interface Methods {
  setPassword(password: string): Promise<UserDocument>;
  authenticate(password: string): Promise<Authenticated>;
}

/** An account as the models give it. */
export type UserDocument = HydratedDocument<User, Methods>;

/** What a login was: the account, or false and why. */
export interface Authenticated {
  readonly user: UserDocument | false;
  readonly error?: Error;
}

interface UserModel extends Model<User, object, Methods> {
  register(fields: Partial<User>, password: string): Promise<UserDocument>;
  authenticate(): (email: string, password: string) => Promise<Authenticated>;
  findByUsername(email: string): Promise<UserDocument | null>;
}

const { userFields, lastLocaleField } = config;
const flag = { type: Boolean, default: false };
const hidden = { type: String, select: false };
const FIFTY_YEARS_MS = 50 * 365.25 * 86_400_000;

const schema = new mongoose.Schema<User, UserModel, Methods>(
  {
    email: { type: String, required: true, lowercase: true, trim: true, match: /^[^@\s]+@[^@\s]+$/ },
    group: { type: String, enum: ["admin", "user"], default: "user" },
    plan: { type: String, enum: ["free", "enhanced_protection", "team"], default: "free" },
    has_passed_kyc: flag,
    [userFields.hasVerifiedEmail]: flag,
    [userFields.hasSetPassword]: flag,
    [userFields.isBanned]: flag,
    [userFields.planExpiresAt]: Date,
    [userFields.welcomeEmailSentAt]: Date,
    [lastLocaleField]: { type: String, default: "en" },
    [userFields.apiToken]: String,
    [userFields.otpToken]: String,
    [userFields.otpEnabled]: flag,
    [userFields.otpRecoveryKeys]: [String],
    [userFields.verificationPin]: String,
    login_attempts: { type: Number, default: 0 },
    last_login_at: Date,
    hash: hidden,
    salt: hidden,
  },
  { timestamps: { createdAt: "created_at", updatedAt: "updated_at" } },
);

schema.pre("validate", function () {
  this.api_token ||= randomBytes(12).toString("hex");
  this.otp_token ||= randomHex(20);
  if (this.otp_recovery_keys.length === 0)
    this.otp_recovery_keys = Array.from({ length: 10 }, () => randomHex(10));
  const denied = (variables["DENYLIST"] ?? "").split(",").filter(Boolean);
  const [, domain = ""] = this.email.split("@");
  if (this.isNew && (denied.includes(this.email) || denied.includes(domain)))
    throw new Error(`${this.email} is denylisted`);
});

schema.pre("save", function () {
  if (config.isSelfHosted) {
    this[userFields.planExpiresAt] = new Date(Date.now() + FIFTY_YEARS_MS);
    // Here upstream's hook ends, before it would count the e-mail address of a paid plan as verified.
    return;
  }
  if (this.plan !== "free") this[userFields.hasVerifiedEmail] = true;
});

schema.method("setPassword", function (password: string) {
  if (isWeak(password, [this.email]))
    return Promise.reject(new Error("Password strength is not strong enough."));
  Object.assign(this, hashPassword(password));
  return Promise.resolve(this);
});

function refused(name: string): Authenticated {
  return { user: false, error: Object.assign(new Error("Password or username is incorrect"), { name }) };
}

// As upstream's: each attempt is written down, a wrong one too.
schema.method("authenticate", async function (password: string): Promise<Authenticated> {
  const { hash, salt } = this;
  if (hash === undefined || salt === undefined) return refused("NoSaltValueStoredError");
  const isRight = passwordMatches(password, { hash, salt });
  this.login_attempts = isRight ? 0 : this.login_attempts + 1;
  this.last_login_at = new Date();
  await this.save();
  return isRight ? { user: this } : refused("IncorrectPasswordError");
});

schema.static("findByUsername", function (email: string) {
  return this.findOne({ email: email.trim().toLowerCase() }).select("+hash +salt");
});

schema.static("authenticate", function () {
  return async (email: string, password: string): Promise<Authenticated> => {
    const user = await Users.findByUsername(email);
    if (user === null) return refused("IncorrectUsernameError");
    return user.authenticate(password);
  };
});

schema.static("register", async function (fields: Partial<User>, password: string) {
  const user = new Users(fields);
  if (fields.email === undefined) throw new Error("No username was given");
  if ((await Users.findByUsername(fields.email)) !== null)
    throw new Error("A user with the given username is already registered");
  await user.setPassword(password);
  return user.save();
});

const Users = connectionOfModels().model<User, UserModel>("Users", schema, "users");

export { Users as "module.exports", Users as default };
