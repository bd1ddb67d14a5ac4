/** Checks on how the certificate is had: what a method needs, and what does not go with it. */
import { createPrivateKey } from "node:crypto";
import { certificateNames } from "../services/certificateNames.ts";
import { webNames } from "../services/webNames.ts";
import type { Issue } from "../model/issue.ts";
import { ACME_DIRECTORIES } from "./keys/acmeDirectories.ts";
import type { Draft } from "./draft.ts";
import { UNREAD_SECRET } from "../values/field.ts";
import { errorAt } from "./readSection.ts";
import { readChain } from "./keys/readValues.ts";

const PATH = "mailstead:certificates";

/** Which keys go with which method. */
const METHODS_OF = {
  directory: ["dns-01", "http-01"],
  certificate: ["provided"],
  privateKey: ["provided"],
  acmeChallenges: ["manual"],
} as const satisfies Record<string, readonly string[]>;

function unmanagedKeys({ certificates, certificateKeys }: Draft): Issue[] {
  const { method } = certificates;
  if (method === undefined) return [];
  return Object.entries(METHODS_OF).flatMap(([key, methods]: [string, readonly string[]]) => {
    const value = certificates[key as keyof typeof METHODS_OF];
    const isThere = Array.isArray(value) ? value.length > 0 : value !== undefined;
    if (!isThere || !certificateKeys.includes(key) || methods.includes(method)) return [];
    const message = `this has no meaning with the method ${method}`;
    const fix = `remove it, or set certificates.method to ${methods.join(" or ")}`;
    return [errorAt(`${PATH}.${key}`, { rule: "not-for-method", message, fix })];
  });
}

function challenges({ certificates }: Draft): Issue[] {
  const given = certificates.acmeChallenges ?? [];
  if (certificates.method !== "manual") return [];
  if (given.length === 2 && given[0] === given[1]) {
    const fix = "paste the second value of the order; the two differ";
    return [
      errorAt(`${PATH}.acmeChallenges[1]`, {
        rule: "duplicate-challenge",
        message: "both values are the same",
        fix,
      }),
    ];
  }
  if (given.length > 0) return [];
  const message = "no value yet: the server starts with a self-signed certificate";
  const fix = "start the order by hand, and paste the values that it shows";
  return [{ path: `${PATH}.acmeChallenges`, rule: "no-challenge-yet", severity: "warning", message, fix }];
}

function staging({ certificates }: Draft): Issue[] {
  if (certificates.directory !== ACME_DIRECTORIES["letsencrypt-staging"]) return [];
  const message = "certificates of the staging directory are trusted by no one";
  const fix = "set letsencrypt when all works";
  return [{ path: `${PATH}.directory`, rule: "staging-directory", severity: "warning", message, fix }];
}

function provided(draft: Draft): Issue[] {
  const { certificates, top, mail, dns, mtaSts } = draft;
  if (certificates.method !== "provided") return [];
  const missing = (["certificate", "privateKey"] as const).filter((key) => certificates[key] === undefined);
  if (missing.length > 0) return [];
  const leaf = readChain(certificates.certificate ?? "")[0];
  if (leaf === undefined) return [];
  const issues: Issue[] = [];
  const { privateKey = "" } = certificates;
  if (privateKey !== UNREAD_SECRET && !leaf.checkPrivateKey(createPrivateKey(privateKey))) {
    const message = "the private key does not belong to the first certificate";
    issues.push(
      errorAt(`${PATH}.privateKey`, { rule: "key-mismatch", message, fix: "set the leaf's own key" }),
    );
  }
  if (top.domain === undefined) return issues;
  // Where it could not be read what is switched on, the names that are needed anyway.
  const { autoconfig = false, autodiscover = false } = dns;
  const web = webNames({ mtaSts: { mode: mtaSts.mode ?? "off" }, autoconfig, autodiscover });
  const names = certificateNames(top.domain, mail.storage ?? false, "provided", web);
  const uncovered = names.filter((name) => leaf.checkHost(name) === undefined);
  if (uncovered.length > 0) {
    const message = `the certificate does not cover ${uncovered.join(", ")}`;
    const fix = `use one for ${top.domain} and *.${top.domain}`;
    issues.push(errorAt(`${PATH}.certificate`, { rule: "names-not-covered", message, fix }));
  }
  return issues;
}

/** Values that the method needs; one that was bad is reported already. */
export function missingForMethod({ certificates, certificateKeys }: Draft): readonly Issue[] {
  if (certificates.method !== "provided") return [];
  return (["certificate", "privateKey"] as const)
    .filter((key) => !certificateKeys.includes(key))
    .map((key) =>
      errorAt(`${PATH}.${key}`, {
        rule: "missing",
        message: "the method provided needs this value",
        fix: key === "certificate" ? "paste the chain in PEM" : "set the key in PEM as a secret",
      }),
    );
}

/** All checks on certificates. */
export function checkCertificates(draft: Draft): readonly Issue[] {
  return [...unmanagedKeys(draft), ...challenges(draft), ...staging(draft), ...provided(draft)];
}
