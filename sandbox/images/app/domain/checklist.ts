/** The records that a domain needs, as the set-up page lists them and as the queue demands them. */
import type { Domain } from "../database.ts";
import { normalName, type Settings } from "../settings.ts";
import { addressesOf, cnameOf, exchangesOf, firstIpv4, reverseOf, textsAt } from "./lookup.ts";
import { spfPasses } from "./spf.ts";

/** One line of the checklist. */
export interface ChecklistItem {
  readonly type: string;
  readonly name: string;
  readonly expected: string;
  /** What the resolver answers. */
  readonly found: readonly string[];
  readonly pass: boolean;
  /** False: a warning only. */
  readonly required: boolean;
  /** Mail is not taken for the domain without it. */
  readonly receives: boolean;
}

type Draft = Pick<ChecklistItem, "type" | "name" | "expected" | "found" | "pass"> &
  Partial<Pick<ChecklistItem, "required" | "receives">>;

/** Looks up every record of a domain. */
export async function checklist(
  settings: Settings,
  domain: Domain,
): Promise<{ checklist: ChecklistItem[]; complete: boolean }> {
  const drafts = await Promise.all([
    exchangeAddress(settings),
    exchanges(settings, domain),
    verification(domain),
    spf(settings, domain),
    dkim(domain),
    returnPath(settings, domain),
    dmarc(domain),
    reverse(settings),
  ]);
  const items = drafts.map((draft) => ({ required: true, receives: false, ...draft }));
  return { checklist: items, complete: items.every((item) => item.pass || !item.required) };
}

async function exchangeAddress(settings: Settings): Promise<Draft> {
  const found = await addressesOf(settings.mxHost);
  const expected = firstIpv4();
  return { type: "A", name: settings.mxHost, expected, found, pass: found.includes(expected) };
}

/** Every MX must be one of ours: a stranger among them takes mail that never comes here. */
async function exchanges(settings: Settings, domain: Domain): Promise<Draft> {
  const found = (await exchangesOf(domain._id)).map((record) => record.exchange);
  const pass = found.length > 0 && found.every((name) => settings.exchanges.includes(name));
  return {
    type: "MX",
    name: domain._id,
    expected: settings.exchanges.join(","),
    found,
    pass,
    receives: true,
  };
}

/** Exactly one verification record, and no plain-text forwarding record beside it. */
async function verification(domain: Domain): Promise<Draft> {
  const texts = (await textsAt(domain._id)).filter((text) => text.startsWith("forward-email"));
  const expected = `forward-email-site-verification=${domain.verification_record}`;
  const pass = texts.length === 1 && texts[0] === expected;
  return { type: "TXT", name: domain._id, expected, found: texts, pass, receives: true };
}

async function spf(settings: Settings, domain: Domain): Promise<Draft> {
  const found = (await textsAt(domain._id)).filter((text) => /^v=spf1( |$)/i.test(text));
  const pass = found.length === 1 && (await spfPasses(settings, domain._id));
  return { type: "TXT", name: domain._id, expected: "v=spf1 mx ~all", found, pass };
}

/** The text of a domain's own DKIM record; the form is what upstream demands, tags and order. */
export function dkimRecord(domain: Domain): string {
  return `v=DKIM1; k=rsa; p=${domain.dkimPublicKey};`;
}

async function dkim(domain: Domain): Promise<Draft> {
  const name = `${domain.dkimSelector}._domainkey.${domain._id}`;
  const found = await textsAt(name);
  const expected = dkimRecord(domain);
  const pass = found.length === 1 && (found[0] === expected || `${found[0]};` === expected);
  return { type: "TXT", name, expected, found, pass };
}

async function returnPath(settings: Settings, domain: Domain): Promise<Draft> {
  const name = `fe-bounces.${domain._id}`;
  const found = await cnameOf(name);
  const pass = found.length === 1 && found[0] === normalName(settings.webHost);
  return { type: "CNAME", name, expected: settings.webHost, found, pass };
}

/** One policy, which judges all mail: a `pct` below 100 does not. */
async function dmarc(domain: Domain): Promise<Draft> {
  const name = `_dmarc.${domain._id}`;
  const found = (await textsAt(name)).filter((text) => text.startsWith("v=DMARC1"));
  const partial = found.some((text) => /;\s*pct\s*=(?!\s*100\s*(;|$))/i.test(text));
  return { type: "TXT", name, expected: "v=DMARC1; p=reject", found, pass: found.length === 1 && !partial };
}

async function reverse(settings: Settings): Promise<Draft> {
  const address = firstIpv4();
  const found = await reverseOf(address);
  const pass = found.includes(settings.mxHost);
  return { type: "PTR", name: address, expected: settings.mxHost, found, pass, required: false };
}
