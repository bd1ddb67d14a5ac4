/** Looks a domain's records up and keeps what was seen, as upstream's jobs do. */
import type { WithId } from "mongodb";
import type { Database } from "../database.ts";
import type { Domain } from "../models/domains.ts";
import type { Settings } from "../settings.ts";
import { checklist, type Checklist } from "./checklist.ts";

type Flags = Pick<
  Domain,
  "has_txt_record" | "has_mx_record" | "has_dkim_record" | "has_return_path_record" | "has_dmarc_record"
>;

/**
 * Looks once. Of the domain it changes the flags of its records, and `smtp_verified_at`, which mail does not depend on;
 * nothing where nothing changed.
 */
export async function verifyDomain(
  database: Database,
  settings: Settings,
  domain: WithId<Domain>,
): Promise<Checklist & { readonly receives: boolean }> {
  const seen = await checklist(settings, domain);
  const passes = (key: string): boolean => seen.checklist.some((item) => item.key === key && item.pass);
  const flags: Flags = {
    has_txt_record: passes("verification"),
    has_mx_record: passes("mx"),
    has_dkim_record: passes("dkim"),
    has_return_path_record: passes("return_path"),
    has_dmarc_record: passes("dmarc"),
  };
  const sends = flags.has_dkim_record && flags.has_return_path_record && flags.has_dmarc_record;
  const isKept =
    Object.entries(flags).every(([name, value]) => domain[name as keyof Flags] === value) &&
    sends === Boolean(domain.smtp_verified_at);
  if (!isKept) {
    const verified = sends
      ? { $set: { ...flags, smtp_verified_at: domain.smtp_verified_at ?? new Date() } }
      : { $set: flags, $unset: { smtp_verified_at: 1 as const } };
    await database.domains.updateOne({ _id: domain._id }, verified);
  }
  return { ...seen, receives: flags.has_txt_record && flags.has_mx_record };
}
