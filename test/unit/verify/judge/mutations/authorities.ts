/**
 * Records of others that say who may give certificates (RFC 8659), and how the order is to be proved (RFC 8657).
 *
 * Authorities add up under `issue`, so beside the declared one another harms nothing. `issuewild` takes the place of
 * `issue` for wildcards, which an order by dns-01 asks for, and one critical and unknown record stops everybody.
 */
import { setOf, added, foreign, type GoodZone, type Kind } from "./goodZone.ts";
import type { Choose } from "../../../../support/zoneRows.ts";

/** Where CAA records count for the certificate, or may look as if they did. */
type Place = "domain" | "above" | "host";

interface Site {
  readonly name: string;
  readonly place: Place;
  /** The nearest of one of the certificate's names. */
  readonly counts: boolean;
  /** Our authority is named at this very place. */
  readonly declared: boolean;
}

/** At the domain, at the zone above it, or at the mail host, which an order by http-01 names and a wildcard covers. */
function siteOf({ zone, domain, declared, certificate }: GoodZone, choose: Choose): Site {
  const named = declared.some(({ name, type }) => type === "CAA" && name === domain);
  const host = `mx.${domain}`;
  const isHost = declared.some(({ name, type }) => name === host && type === "A");
  const known = certificate.issuer !== undefined;
  return choose<Site>(
    { name: domain, place: "domain", counts: known, declared: named },
    ...(zone === domain
      ? []
      : [{ name: zone, place: "above" as const, counts: known && !named, declared: false }]),
    ...(isHost
      ? [
          {
            name: host,
            place: "host" as const,
            counts: known && certificate.method === "http-01",
            declared: false,
          },
        ]
      : []),
  );
}

function addedAt({ name }: Site, value: string, stops: boolean, good: GoodZone, choose: Choose) {
  const record = foreign(name, "CAA", value, choose);
  const taken = good.declared.some((one) => setOf(one) === setOf(record) && one.value === value);
  return taken ? undefined : added(record, stops ? "conflict" : "unmanaged", good);
}

const authority: Kind = (good, choose) => {
  const site = siteOf(good, choose);
  const value = choose("0 issue ca.example.net", "0 issue ;", "128 future x");
  return addedAt(site, value, site.counts && (value.startsWith("128") || !site.declared), good, choose);
};

const wildcardAuthority: Kind = (good, choose) => {
  const site = siteOf(good, choose);
  const value = choose("0 issuewild ;", "0 issuewild other.example.net", "128 issuewild ;");
  return addedAt(site, value, site.counts && good.certificate.method === "dns-01", good, choose);
};

/** Our authority, bound to one way of proof. */
const wayOfProof: Kind = (good, choose) => {
  const { issuer, method } = good.certificate;
  if (issuer === undefined) return undefined;
  const site = siteOf(good, choose);
  const [tag, way] = [choose("issue", "issuewild"), choose("http-01", "dns-01")];
  const decides = tag === "issue" ? !site.declared : method === "dns-01";
  const value = `0 ${tag} ${issuer}${choose("; ", ";")}validationmethods=${way}`;
  return addedAt(site, value, site.counts && decides && way !== method, good, choose);
};

export const AUTHORITIES = { authority, wildcardAuthority, wayOfProof };
