/** Sets that the plan owns: a stray of the owner's in them would stop mail. */
import { isWithin } from "../../config/domainName.ts";
import { errorAt } from "../../config/readSection.ts";
import type { Fault } from "../../config/reading.ts";
import type { Issue } from "../../issue.ts";
import type { PlannedRecord } from "../../plan.ts";
import { isDmarc } from "../dmarc.ts";
import { isSpf } from "../spf.ts";
import { isOpenAliasList, isVerification } from "../verification.ts";
import type { OwnersRecord } from "./ownersRecord.ts";
import { mailDomainOf } from "./ownersRecord.ts";

function textOf(record: PlannedRecord): string | undefined {
  return record.type === "TXT"
    ? record.text.map((piece) => (typeof piece === "string" ? piece : "")).join("")
    : undefined;
}

/** What is wrong with one more TXT record, by what the record says. */
function faultOfText(
  record: PlannedRecord,
  text: string,
  domain: string,
  before: readonly PlannedRecord[],
): Fault | undefined {
  const sameName = before.filter(({ name }) => name === record.name).map((other) => textOf(other) ?? "");
  if (isSpf(text) && sameName.some(isSpf)) {
    const message = `${record.name} has an SPF policy already; with two, mail is refused`;
    return { rule: "second-spf", message, fix: "remove this one", source: "RFC 7208 3.2" };
  }
  if (isDmarc(text) && sameName.some(isDmarc)) {
    const message = `${record.name} has a DMARC policy already; with two, none counts`;
    return { rule: "second-dmarc", message, fix: "use dns.dmarc", source: "RFC 9989" };
  }
  if (isVerification(text) && record.name === domain) {
    const message = "there must be exactly one site verification";
    return { rule: "verification-as-record", message, fix: "use dns.verification" };
  }
  if (isOpenAliasList(text) && record.name === domain) {
    const message = "aliases in the open keep the domain from sending";
    return { rule: "open-aliases", message, fix: "make the aliases in the web interface" };
  }
  if (record.name.endsWith(`._domainkey.${domain}`) && before.some(({ name }) => name === record.name)) {
    return { rule: "second-dkim", message: "this selector has a key already", fix: "use another selector" };
  }
  return undefined;
}

function faultOfAddress(record: PlannedRecord, before: readonly PlannedRecord[]): Fault | undefined {
  const planned = before.find(
    ({ name, type, role }) => name === record.name && type === record.type && role !== record.role,
  );
  if (planned?.level !== "required") return undefined;
  const message = `${record.name} has the server's address (${planned.role}); a second one splits the mail`;
  return { rule: "second-address", message, fix: "choose another name" };
}

function faultOf({ record, before, all }: OwnersRecord): Fault | undefined {
  const domain = mailDomainOf(all);
  if (record.type === "A" || record.type === "AAAA") return faultOfAddress(record, before);
  if (record.type === "NS" && isWithin(domain, record.name)) {
    const message = "name servers of the mail domain are the provider's";
    return { rule: "own-name-servers", message, fix: "remove the record" };
  }
  if (record.type === "CNAME" && record.name === `_acme-challenge.${domain}`) {
    const message = "an alias here stops the certificate order from writing its values";
    return { rule: "challenge-alias", message, fix: "remove the record" };
  }
  const text = textOf(record);
  return text === undefined ? undefined : faultOfText(record, text, domain, before);
}

/** Faults of one of the owner's records against the sets that the plan owns. */
export function checkOwnedSets(place: OwnersRecord): readonly Issue[] {
  const fault = faultOf(place);
  return fault === undefined ? [] : [errorAt(place.path, fault)];
}
