/** What is kept of a drill: `.mailstead/STACK/drills/DATE.json`. No secret is in it. */
import { z } from "zod";

/** Parts of the time that it took, in their order. */
export const DRILL_PARTS = ["server", "packages", "restore", "containers", "login"] as const;
export type DrillPart = (typeof DRILL_PARTS)[number];

const findingSchema = z.object({
  subject: z.string(),
  state: z.enum(["ok", "warn", "bad"]),
  seen: z.string(),
  fix: z.string().exactOptional(),
});

export const drillSchema = z.object({
  format: z.literal(1),
  stack: z.string(),
  domain: z.string(),
  /** When it began: ISO 8601, UTC. */
  began: z.string(),
  /** Everything came back. */
  green: z.boolean(),
  /** Every check, with what was seen. */
  findings: z.array(findingSchema),
  /** Absent where none was restored. */
  snapshot: z.object({ id: z.string(), time: z.string() }).optional(),
  /** Age of the snapshot when the drill began: what would have been lost. */
  rpoSeconds: z.number().optional(),
  /** From the beginning until a login read mail. */
  rtoSeconds: z.number().optional(),
  /** Seconds of each part, as far as it came. */
  parts: z.partialRecord(z.enum(DRILL_PARTS), z.number()),
  sizes: z
    .object({ files: z.number(), bytes: z.number(), mailboxes: z.number(), messages: z.number().optional() })
    .optional(),
  /** What is still at the vendor, in words. */
  left: z.array(z.string()),
});

export type DrillRecord = z.infer<typeof drillSchema>;
