/** What Cloudflare's side remembers: `cloudflare.json`. */
import { z } from "zod";

const record = z.object({
  id: z.string(),
  /** FQDN, lower case, no final dot. */
  name: z.string(),
  type: z.string(),
  content: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  priority: z.int().optional(),
  /** 1 means automatic. */
  ttl: z.int(),
  proxied: z.boolean(),
  comment: z.string().optional(),
  createdOn: z.string(),
  modifiedOn: z.string(),
  commentModifiedOn: z.string().optional(),
});

const zone = z.object({
  id: z.string(),
  name: z.string(),
  createdOn: z.string(),
  records: z.array(record),
});

/** Schema of the file. */
export const cloudflareStateSchema = z.object({ zones: z.array(zone) });

export type CloudflareState = z.infer<typeof cloudflareStateSchema>;
export type Zone = z.infer<typeof zone>;
export type DnsRecord = z.infer<typeof record>;
