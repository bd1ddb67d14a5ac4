/** Settings of an SSH connection, and the form its host key must have. Pure. */
import { z } from "zod";
import type { Known } from "../protocol/handler.ts";
import type { Value } from "../protocol/value.ts";
import { isMap } from "../protocol/value.ts";

const shape = z.object({
  host: z.string(),
  port: z.number().default(22),
  user: z.string().default("root"),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  password: z.string().optional(),
  /** One line as in authorized_keys or known_hosts; absent: the key is not checked. */
  hostKey: z.string().optional(),
  /** Failed dials that are forgiven; -1 for ever. */
  dialErrorLimit: z.number().default(10),
  /** Seconds; 0 for no limit. */
  perDialTimeout: z.number().default(15),
});

/** Settings of a connection, with the plugin's defaults. Proxies and agents are left out. */
export type Connection = z.infer<typeof shape>;

/** Settings of the real plugin that the stand-in refuses. */
export const unsupportedSettings = ["proxy", "agentSocketPath"] as const;

/** Reads known settings. Throws with the path of what does not fit, never with its value. */
export function connectionOf(value: Value | undefined): Connection {
  const answer = shape.safeParse(value);
  if (answer.success) return answer.data;
  const issues = answer.error.issues.map((issue) => `connection.${issue.path.join(".")}: ${issue.message}`);
  throw new Error(issues.join("; "));
}

/** A connection with the defaults that the plugin writes into the state; unknown parts stay unknown. */
export function withDefaults(value: Value | undefined): Value | undefined {
  if (!isMap(value)) return value;
  const defaults: Known = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
  return { ...defaults, ...value };
}

/** A public key: its algorithm and its bytes on the wire. */
export interface HostKey {
  readonly algorithm: string;
  readonly blob: Buffer;
}

/** Reads a pinned key: `ssh-ed25519 AAAA…`, with or without a leading host name or trailing comment. */
export function parseHostKey(line: string): HostKey {
  const words = line.trim().split(/\s+/);
  for (const [index, algorithm] of words.entries()) {
    const blob = Buffer.from(words[index + 1] ?? "", "base64");
    // The blob begins with the algorithm's name behind its length.
    const named = blob.length > 4 && blob.subarray(4, 4 + blob.readUInt32BE(0)).toString() === algorithm;
    if (named) return { algorithm, blob };
  }
  throw new Error("failed to parse host key: ssh: no key found");
}
