/** Checks on what the provider of the zone does not do. */
import { dkimRecord } from "../dns/dkim.ts";
import type { DnsProviderName } from "../model/vendorNames.ts";
import { DNS_PROVIDERS } from "../vendors/registry.ts";
import type { Issue } from "../model/issue.ts";
import { fill } from "../values/slots.ts";
import { registrableDomain } from "../values/domainName.ts";
import type { Draft } from "./draft.ts";
import { HELD_NAMES_ASKED, otherMethods } from "./otherMethods.ts";

/** A zone that is no registrable domain of its own. */
export function checkZoneBelow({ zone, dns }: Draft): readonly Issue[] {
  const registrable = zone === undefined ? undefined : registrableDomain(zone);
  const said = dns.provider === undefined ? undefined : DNS_PROVIDERS[dns.provider].zoneBelow;
  if (zone === undefined || registrable === undefined || registrable === zone || said === undefined)
    return [];
  const message = `${zone} is below the registrable domain ${registrable}; ${said.message}`;
  const fix = `set ${registrable}${said.severity === "error" ? "" : " unless the zone is there"}`;
  return [{ path: "mailstead:dns.zone", rule: "zone-below-domain", ...said, message, fix }];
}

/** Keys whose record is longer than the provider takes. */
function longKeys({ dkim }: Draft, provider: DnsProviderName): Issue[] {
  const { most = Infinity } = DNS_PROVIDERS[provider].limits.text ?? {};
  return dkim.flatMap(({ value, path }) => {
    const bytes = Buffer.byteLength(fill(dkimRecord(value.publicKey), String));
    if (bytes <= most) return [];
    const message = `the record has ${bytes} bytes, and ${provider} takes ${most}`;
    const fix = "change the key length to 2048 in the web interface, and paste the new key";
    return [{ path: `${path}.publicKey`, rule: "txt-over-limit", severity: "error", message, fix }];
  });
}

/** Hosts that would say that they take no mail. */
function nullMx({ dns }: Draft, provider: DnsProviderName): Issue[] {
  if (DNS_PROVIDERS[provider].limits.noRootTarget === undefined) return [];
  const asked = [
    ...(dns.nullMx === true ? ["nullMx"] : []),
    ...((dns.nullMxHosts ?? []).length > 0 ? ["nullMxHosts"] : []),
  ];
  const message = `${provider} does not keep MX records without a host`;
  const fault = { rule: "root-target-not-kept", severity: "error", message, fix: "remove it" } as const;
  return asked.map((key) => ({ path: `mailstead:dns.${key}`, ...fault }));
}

/** What does not go with the provider, where it could be read. */
export function checkProvider(draft: Draft): readonly Issue[] {
  const { provider } = draft.dns;
  if (provider === undefined) return [];
  const issues = [...longKeys(draft, provider), ...nullMx(draft, provider)];
  if (draft.dns.zoneId !== undefined && DNS_PROVIDERS[provider].readZoneId === undefined) {
    const message = `${provider} has no such id: it goes by the zone's name`;
    const rule = "not-for-provider";
    issues.push({ path: "mailstead:dns.zoneId", rule, severity: "error", message, fix: "remove it" });
  }
  return [...issues, ...withoutAuthenticator(draft, provider)];
}

/** A dns-01 order that nothing on the host could carry out. */
function withoutAuthenticator(draft: Draft, provider: DnsProviderName): Issue[] {
  const { certificates, dns, server } = draft;
  const { image } = server;
  const images = DNS_PROVIDERS[provider].authenticator?.distributions ?? [];
  if (certificates.method !== "dns-01" || image === undefined || images.includes(image)) return [];
  const held = dns.mx === "hold" ? `, and ${HELD_NAMES_ASKED}` : "";
  const message = `${image} has no certbot plugin that writes records at ${provider}${held}`;
  const fix = `set ${otherMethods(draft).join(", or ")}`;
  const path = "mailstead:certificates.method";
  return [{ path, rule: "no-authenticator", severity: "error", message, fix }];
}
