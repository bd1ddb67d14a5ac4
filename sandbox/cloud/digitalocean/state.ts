/** What DigitalOcean's side remembers: `digitalocean.json`. */
import { z } from "zod";

/** Tags of a CAA record that the API takes. */
export const TAGS = ["issue", "issuewild", "iodef"] as const;

const record = z.object({
  id: z.int(),
  type: z.string(),
  /** Relative to the domain, `@` for itself. */
  name: z.string(),
  /** As answered: targets without a final dot, `@` where they are the domain. */
  data: z.string(),
  priority: z.int().nullable(),
  port: z.int().nullable(),
  ttl: z.int(),
  weight: z.int().nullable(),
  flags: z.int().nullable(),
  tag: z.enum(TAGS).nullable(),
});

const domain = z.object({ name: z.string(), ttl: z.int(), records: z.array(record) });

/** Schema of the file. */
export const digitaloceanStateSchema = z.object({ nextRecordId: z.int(), domains: z.array(domain) });

export type DigitaloceanState = z.infer<typeof digitaloceanStateSchema>;
export type Domain = z.infer<typeof domain>;
export type DomainRecord = z.infer<typeof record>;

/** Books of a new account. */
export function emptyDigitaloceanState(): DigitaloceanState {
  return { nextRecordId: 9_000_001, domains: [] };
}
