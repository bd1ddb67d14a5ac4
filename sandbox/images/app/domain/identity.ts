/** The keys that outgoing mail is signed with. */
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Domain } from "../models/domains.ts";
import { open } from "../secrets.ts";
import type { Settings } from "../settings.ts";

/** A signing key, and the record that must be published for it. */
export interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Key of the host's own mail: the file in the ssl folder. */
export function systemKey(settings: Settings): SigningKey {
  const privateKey = readFileSync(settings.dkim.keyPath, "utf8");
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64");
  return { domain: settings.dkim.domain, selector: settings.dkim.selector, privateKey, publicKey };
}

/** Key of a domain's own mail. Throws when HELPER_ENCRYPTION_KEY is not the one it was sealed with. */
export function domainKey(settings: Settings, domain: Domain): SigningKey {
  const privateKey = open(domain.dkim_private_key, settings.helperKey);
  const publicKey = domain.dkim_public_key.toString("base64");
  return { domain: domain.name, selector: domain.dkim_key_selector, privateKey, publicKey };
}
