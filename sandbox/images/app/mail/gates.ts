/** What must be right before a message leaves, checked on every message anew. */
import { authenticate } from "mailauth";
import type { SigningKey } from "../domain/identity.ts";
import { cnameOf, firstIpv4, mailauthResolver, textsAt } from "../domain/lookup.ts";
import type { Domain } from "../models/domains.ts";
import { normalName, type Settings } from "../settings.ts";

/** A signed message at the gates. */
export interface Departure {
  readonly raw: Buffer;
  readonly key: SigningKey;
  /** Return path of the message. */
  readonly sender: string;
  /** The domain in the database; absent for the host's own mail. */
  readonly domain?: Domain;
}

/** Answers why the message must wait, or nothing when it may go. */
export async function heldBecause(settings: Settings, departure: Departure): Promise<string | undefined> {
  const name = departure.domain?.name ?? departure.key.domain;
  return (
    (await returnPathFault(settings, name)) ??
    (departure.domain === undefined ? undefined : await verificationFault(departure.domain)) ??
    (await keyFault(departure.key)) ??
    (await policyFault(name)) ??
    (await authenticationFault(settings, departure))
  );
}

async function returnPathFault(settings: Settings, domain: string): Promise<string | undefined> {
  const name = `fe-bounces.${domain}`;
  const found = await cnameOf(name);
  if (found.length === 1 && found[0] === normalName(settings.webHost)) return undefined;
  return `INVALID_RETURN_PATH: ${name} must be a CNAME of ${settings.webHost}, found ${found.join(", ") || "none"}`;
}

async function verificationFault(domain: Domain): Promise<string | undefined> {
  const texts = (await textsAt(domain.name)).filter((text) => text.startsWith("forward-email"));
  const wanted = `forward-email-site-verification=${domain.verification_record}`;
  if (texts.length === 1 && texts[0] === wanted) return undefined;
  return `VERIFICATION: ${domain.name} needs exactly the one TXT ${wanted}, found ${String(texts.length)} forward-email texts`;
}

async function keyFault(key: SigningKey): Promise<string | undefined> {
  const name = `${key.selector}._domainkey.${key.domain}`;
  const texts = await textsAt(name);
  // Tags and their order are fixed: upstream compares by a pattern, not by the meaning of the tags.
  const published = /^v=DKIM1; k=rsa; p=([A-Za-z0-9+/=]+);?$/.exec(texts[0] ?? "")?.[1];
  if (texts.length === 1 && published === key.publicKey) return undefined;
  return `DKIM: ${name} does not publish the key that signs`;
}

async function policyFault(domain: string): Promise<string | undefined> {
  const texts = (await textsAt(`_dmarc.${domain}`)).filter((text) => text.startsWith("v=DMARC1"));
  if (texts.length !== 1)
    return `DMARC: _dmarc.${domain} needs exactly one policy, found ${String(texts.length)}`;
  if (/;\s*pct\s*=(?!\s*100\s*(;|$))/i.test(texts[0] ?? "")) return `DMARC: _dmarc.${domain} has pct`;
  return undefined;
}

/** The message is judged as a receiver would judge it, coming from the host's first IPv4 address. */
async function authenticationFault(settings: Settings, departure: Departure): Promise<string | undefined> {
  const { spf, dkim, dmarc } = await authenticate(departure.raw, {
    ip: firstIpv4(),
    helo: settings.smtpHost,
    mta: settings.smtpHost,
    sender: departure.sender,
    resolver: mailauthResolver,
    disableArc: true,
    disableBimi: true,
  });
  const results = {
    SPF: spf === false ? "none" : spf.status.result,
    DKIM: dkim.results.some((result) => result.status.result === "pass") ? "pass" : "fail",
    DMARC: dmarc === false ? "none" : dmarc.status.result,
  };
  const failed = Object.entries(results).filter(([, result]) => result !== "pass");
  if (failed.length === 0) return undefined;
  return `AUTHENTICATION: ${failed.map(([check, result]) => `${check} ${result}`).join(", ")} from ${firstIpv4()}`;
}
