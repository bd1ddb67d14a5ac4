/** Mail domains. What a caller gives is kept; what it leaves out is made when the domain is checked before it is saved. */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import mongoose, { type HydratedDocument, type Model, type Types } from "mongoose";
import { connectionOfModels } from "../config/connection.ts";
import { variables } from "../config/env.ts";
import { encrypt } from "../helpers/encrypt-decrypt.ts";
import { randomHex } from "../secrets.ts";

/** A domain, with upstream's field names. */
export interface Domain {
  name: string;
  members: { user: Types.ObjectId; group: "admin" | "user" }[];
  /** Upstream takes no mail for domains of the plan `free`. */
  plan: "free" | "enhanced_protection" | "team";
  is_global: boolean;
  /** Sending was approved. */
  has_smtp: boolean;
  smtp_verified_at?: Date | null;
  smtp_suspended_sent_at?: Date | null;
  verification_record: string;
  dkim_key_selector: string;
  /** PEM (PKCS #8), encrypted with HELPER_ENCRYPTION_KEY. */
  dkim_private_key: string;
  /** DER (SPKI). */
  dkim_public_key: Buffer;
  dkim_modulus_length: number;
  return_path: string;
  has_txt_record: boolean;
  has_mx_record: boolean;
  has_dkim_record: boolean;
  has_return_path_record: boolean;
  has_dmarc_record: boolean;
  verified_email_sent_at?: Date | null;
  onboard_email_sent_at?: Date | null;
}

/** What the questions to the DNS before a save go by. */
interface Resolver {
  resolveNs(name: string): Promise<string[]>;
  resolveMx(name: string): Promise<{ exchange: string }[]>;
  resolveTxt(name: string): Promise<string[][]>;
}

interface Virtuals {
  /** True leaves the questions to the DNS out. */
  skip_verification?: boolean;
  resolver?: Resolver;
}

type DomainModel = Model<Domain, object, object, Virtuals>;

/** A domain as the models give it. */
export type DomainDocument = HydratedDocument<Domain, Virtuals>;

const flag = { type: Boolean, default: false };
const ALPHANUMERIC = /^[a-z\d]{4,}$/i;

const schema = new mongoose.Schema<Domain, DomainModel, object, object, Virtuals>(
  {
    name: {
      type: String,
      required: true,
      lowercase: true,
      trim: true,
      match: /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/,
    },
    members: [
      {
        user: { type: mongoose.Schema.Types.ObjectId, ref: "Users", required: true },
        group: { type: String, enum: ["admin", "user"], default: "user" },
      },
    ],
    plan: { type: String, enum: ["free", "enhanced_protection", "team"], default: "free" },
    is_global: flag,
    has_smtp: flag,
    smtp_verified_at: Date,
    smtp_suspended_sent_at: Date,
    verification_record: { type: String, required: true, match: ALPHANUMERIC },
    dkim_key_selector: { type: String, required: true, lowercase: true, trim: true },
    dkim_private_key: { type: String, required: true },
    dkim_public_key: { type: Buffer, required: true },
    dkim_modulus_length: { type: Number, enum: [1024, 2048], required: true },
    return_path: { type: String, default: "fe-bounces" },
    has_txt_record: flag,
    has_mx_record: flag,
    has_dkim_record: flag,
    has_return_path_record: flag,
    has_dmarc_record: flag,
    verified_email_sent_at: Date,
    onboard_email_sent_at: Date,
  },
  { timestamps: { createdAt: "created_at", updatedAt: "updated_at" } },
);

// Upstream's are virtual too: a caller's words to the hooks, which are not stored.
for (const name of ["skip_verification", "resolver"] as const) {
  const held = `__${name}`;
  schema
    .virtual(name)
    .get(function (this: object) {
      return (this as Record<string, unknown>)[held];
    })
    .set(function (this: object, value: unknown) {
      (this as Record<string, unknown>)[held] = value;
    });
}

schema.pre("validate", async function () {
  if (this.members.every(({ group }) => group !== "admin"))
    throw new Error("Domain must have at least one administrator");
  await takeToken(this);
  await takeKey(this);
  if (this.skip_verification !== true && this.resolver !== undefined) await lookUp(this, this.resolver);
});

async function takeToken(domain: DomainDocument): Promise<void> {
  domain.verification_record ||= randomHex(10);
  const token = domain.verification_record;
  if (!domain.isModified("verification_record")) return;
  if (!ALPHANUMERIC.test(token)) throw new Error("Verification record must be alphanumeric");
  const other = await Domains.findOne({ verification_record: token, _id: { $ne: domain._id } }).lean();
  if (other !== null) throw new Error("Verification record is in use");
}

/** The domain's own key: 1024 bits, unless all its name servers are Cloudflare's. */
async function takeKey(domain: DomainDocument): Promise<void> {
  domain.dkim_key_selector ||= `fe-${randomHex(10)}`;
  if (domain.dkim_private_key) return;
  const servers = await orNone(domain.resolver?.resolveNs(domain.name));
  const isCloudflare = servers.length > 0 && servers.every((server) => /\.cloudflare\.com\.?$/i.test(server));
  domain.dkim_modulus_length ||= isCloudflare ? 2048 : 1024;
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: domain.dkim_modulus_length,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  domain.dkim_private_key = encrypt(privateKey);
  domain.dkim_public_key = publicKey;
}

async function lookUp(domain: DomainDocument, resolver: Resolver): Promise<void> {
  const prefix = `${variables["TXT_RECORD_PREFIX"] ?? ""}-site-verification=`;
  const texts = (await orNone(resolver.resolveTxt(domain.name))).map((pieces) => pieces.join(""));
  const tokens = texts.filter((text) => text.startsWith(prefix));
  domain.has_txt_record = tokens.length === 1 && tokens[0] === prefix + domain.verification_record;
  const exchanges = (variables["SMTP_EXCHANGE_DOMAINS"] ?? "").split(",");
  const found = (await orNone(resolver.resolveMx(domain.name))).map(({ exchange }) => exchange);
  domain.has_mx_record = found.length > 0 && found.every((name) => exchanges.includes(name.toLowerCase()));
}

async function orNone<T>(question?: Promise<T[]>): Promise<T[]> {
  return (await question?.catch(() => [])) ?? [];
}

const Domains = connectionOfModels().model<Domain, DomainModel>("Domains", schema, "domains");

export { Domains as "module.exports", Domains as default };
