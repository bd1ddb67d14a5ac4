/** The records that a domain needs, as the set-up page lists them and as the queue demands them. */
import type { Domain } from "../models/domains.ts";
import { normalName, type Settings } from "../settings.ts";
import { addressesOf, cnameOf, exchangesOf, firstIpv4, reverseOf, textsAt } from "./lookup.ts";

/** One line of the checklist, with upstream's fields. */
export interface ChecklistItem {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly expected: string;
  readonly pass: boolean;
  /** False: a warning only. */
  readonly required: boolean;
}

/** What the set-up page says of a domain. */
export interface Checklist {
  readonly checklist: readonly ChecklistItem[];
  readonly complete: boolean;
}

type Draft = Omit<ChecklistItem, "required"> & Partial<Pick<ChecklistItem, "required">>;

/** Looks up every record of a domain. */
export async function checklist(settings: Settings, domain: Domain): Promise<Checklist> {
  const drafts = await Promise.all([
    exchangeAddress(settings),
    exchanges(settings, domain),
    verification(domain),
    spf(domain),
    dkim(domain),
    returnPath(settings, domain),
    dmarc(domain),
    reverse(settings),
  ]);
  const items = drafts.map((draft) => ({ required: true, ...draft }));
  return { checklist: items, complete: items.every((item) => item.pass || !item.required) };
}

async function exchangeAddress(settings: Settings): Promise<Draft> {
  const found = await addressesOf(settings.mxHost);
  const expected = firstIpv4();
  return { key: "a", type: "A", name: settings.mxHost, expected, pass: found.includes(expected) };
}

/** Every MX must be one of ours: a stranger among them takes mail that never comes here. */
async function exchanges(settings: Settings, domain: Domain): Promise<Draft> {
  const found = (await exchangesOf(domain.name)).map((record) => record.exchange);
  const pass = found.length > 0 && found.every((name) => settings.exchanges.includes(name));
  return { key: "mx", type: "MX", name: domain.name, expected: settings.exchanges.join(","), pass };
}

/** Exactly one verification record, and no plain-text forwarding record beside it. */
async function verification(domain: Domain): Promise<Draft> {
  const texts = (await textsAt(domain.name)).filter((text) => text.startsWith("forward-email"));
  const expected = `forward-email-site-verification=${domain.verification_record}`;
  const pass = texts.length === 1 && texts[0] === expected;
  return { key: "verification", type: "TXT", name: domain.name, expected, pass };
}

/** Upstream calls only a policy good that names its own servers. No mail depends on this line, nor does `complete`. */
async function spf(domain: Domain): Promise<Draft> {
  const theirs = "include:spf.forwardemail.net";
  const pass = (await textsAt(domain.name)).some(
    (text) => text.startsWith("v=spf1 ") && text.includes(theirs),
  );
  const expected = `v=spf1 ${theirs} -all`;
  return { key: "spf", type: "TXT", name: domain.name, expected, pass, required: false };
}

/** The text of a domain's own DKIM record; the form is what upstream demands, tags and order. */
export function dkimRecord(domain: Domain): string {
  return `v=DKIM1; k=rsa; p=${domain.dkim_public_key.toString("base64")};`;
}

async function dkim(domain: Domain): Promise<Draft> {
  const name = `${domain.dkim_key_selector}._domainkey.${domain.name}`;
  const found = await textsAt(name);
  const expected = dkimRecord(domain);
  const pass = found.length === 1 && (found[0] === expected || `${found[0]};` === expected);
  return { key: "dkim", type: "TXT", name, expected, pass };
}

async function returnPath(settings: Settings, domain: Domain): Promise<Draft> {
  const name = `${domain.return_path}.${domain.name}`;
  const found = await cnameOf(name);
  const pass = found.length === 1 && found[0] === normalName(settings.webHost);
  return { key: "return_path", type: "CNAME", name, expected: settings.webHost, pass };
}

/** One policy, which judges all mail: a `pct` below 100 does not. */
async function dmarc(domain: Domain): Promise<Draft> {
  const name = `_dmarc.${domain.name}`;
  const found = (await textsAt(name)).filter((text) => text.startsWith("v=DMARC1"));
  const partial = found.some((text) => /;\s*pct\s*=(?!\s*100\s*(;|$))/i.test(text));
  return {
    key: "dmarc",
    type: "TXT",
    name,
    expected: "v=DMARC1; p=reject",
    pass: found.length === 1 && !partial,
  };
}

async function reverse(settings: Settings): Promise<Draft> {
  const address = firstIpv4();
  const found = await reverseOf(address);
  const pass = found.includes(settings.mxHost);
  return { key: "ptr", type: "PTR", name: address, expected: settings.mxHost, pass, required: false };
}
