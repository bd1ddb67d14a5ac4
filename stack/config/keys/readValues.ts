/** Readers of single words: vendor names, tags, tokens, PEM. None repeats a value that may be secret. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { COMMAND } from "../../values/command.ts";
import { ACME_DIRECTORIES } from "./acmeDirectories.ts";
import { readMailAddress } from "../../values/mailAddress.ts";
import type { Reading } from "../../values/reading.ts";
import { bad, good } from "../../values/reading.ts";

function matching(pattern: RegExp, rule: string, message: string, fix: string) {
  return (text: string): Reading<string> => (pattern.test(text) ? good(text) : bad(rule, message, fix));
}

/** The token, or the whole record that holds it. */
export function readVerification(text: string): Reading<string> {
  const token = text
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .replace(/^forward-email-site-verification=/, "");
  return /^[A-Za-z0-9_-]{4,128}$/.test(token)
    ? good(token)
    : bad("not-a-token", "this is not a verification token", "paste the token that the web interface shows");
}

/** One address for DMARC reports; `mailto:` before it is dropped. */
export function readReportAddress(text: string): Reading<string> {
  const address = text.replace(/^mailto:/i, "");
  if (/[,!;]/.test(address)) {
    return bad(
      "not-an-address",
      "this is not one plain address",
      "write one address without , ; or !",
      "RFC 9989",
    );
  }
  return readMailAddress(address);
}

/** A tag of an image; `latest` and its like move by themselves. */
export function readTag(text: string): Reading<string> {
  if (["latest", "stable", "edge", "main", "master"].includes(text)) {
    return bad("moving-tag", "this tag moves by itself", "set the tag of one release");
  }
  return /^\w[\w.-]{0,127}$/.test(text)
    ? good(text)
    : bad("not-a-tag", "this is not a tag of an image", "set a tag such as v1.2.3, without name and digest");
}

export function readRepository(text: string): Reading<string> {
  if (/@|:[^/]*$/.test(text)) {
    return bad("repository-with-tag", "the repository holds a tag or digest", "put them in tag and digest");
  }
  return /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(text)
    ? good(text)
    : bad("not-a-repository", "this is not a name of an image", "write it as ghcr.io/owner/name");
}

/** How a digest is had: the registry is asked for it. */
export const FIND_DIGEST = `run \`${COMMAND} pin\`, which asks the registry and sets it`;

export const readDigest = matching(
  /^sha256:[0-9a-f]{64}$/,
  "not-a-digest",
  "a digest is sha256: and 64 hexadecimal digits",
  FIND_DIGEST,
);

export const readUserName = matching(
  /^[A-Za-z0-9._-]{1,64}$/,
  "not-a-user-name",
  "a user name has letters, digits, dots and hyphens, 64 at most",
  "set a name such as admin",
);

/** A short name of a directory, or an https URL. */
export function readDirectory(text: string): Reading<string> {
  const known = Object.hasOwn(ACME_DIRECTORIES, text) ? ACME_DIRECTORIES[text] : undefined;
  if (known !== undefined) return good(known);
  const fix = "set letsencrypt, letsencrypt-staging or an https URL";
  if (!URL.canParse(text)) return bad("not-a-directory", "this is neither a known directory nor a URL", fix);
  const url = new URL(text);
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "" || /[\s'"`$\\]/.test(text)) {
    return bad("not-a-directory", "an ACME directory is a plain https URL", fix, "RFC 8555 6.1");
  }
  return good(url.href);
}

export const readChallenge = matching(
  /^[A-Za-z0-9_-]{43}$/,
  "not-a-challenge",
  "a value of _acme-challenge has 43 letters, digits, - and _",
  "paste the value as the certificate order shows it",
);

/** Certificates of a chain in PEM, leaf first. */
export function readChain(chain: string): X509Certificate[] {
  const blocks = chain.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

export function readCertificate(text: string): Reading<string> {
  const fix = "paste the whole chain in PEM, leaf first";
  if (text.includes("PRIVATE KEY")) {
    return bad(
      "private-key",
      "the certificate holds a private key",
      "put the key in certificates.privateKey as a secret",
    );
  }
  try {
    return readChain(text).length > 0
      ? good(`${text.trim()}\n`)
      : bad("not-a-certificate", "there is no certificate in PEM", fix);
  } catch {
    return bad("not-a-certificate", "a certificate of the chain is cut off or damaged", fix);
  }
}

export function readPrivateKey(text: string): Reading<string> {
  const fix = "set it with pulumi config set --secret, in PEM, without a password";
  if (/ENCRYPTED/.test(text)) return bad("encrypted-key", "the private key has a password", fix);
  try {
    createPrivateKey(text);
    return good(`${text.trim()}\n`);
  } catch {
    return bad("not-a-private-key", "this is not a private key in PEM", fix);
  }
}
