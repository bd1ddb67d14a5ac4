/** Which key a DS record means (RFC 4034 5.1.4 and appendix B). Pure. */
import { createHash } from "node:crypto";
import type { DnskeyData, DsData } from "dns-packet";

/** Hash of each digest type (RFC 4034, 4509, 6605). */
const HASHES: Readonly<Record<number, string>> = { 1: "sha1", 2: "sha256", 4: "sha384" };

function encodeRdata({ flags, algorithm, key }: DnskeyData): Buffer {
  return Buffer.concat([Buffer.from([flags >> 8, flags & 0xff, 3, algorithm]), key]);
}

/** The owner's name as it goes into the digest: lower case, no compression. */
function encodeOwner(zone: string): Buffer {
  const labels = zone === "." ? [] : zone.toLowerCase().split(".");
  const pieces = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...pieces, Buffer.alloc(1)]);
}

/** Number that tells keys apart at a glance. */
export function computeKeyTag(key: DnskeyData): number {
  const sum = encodeRdata(key).reduce(
    (total, byte, index) => total + (index % 2 === 0 ? byte << 8 : byte),
    0,
  );
  return (sum + ((sum >> 16) & 0xffff)) & 0xffff;
}

/**
 * The DS record that a zone above needs for a key.
 *
 * @returns absent for a digest type that we do not know.
 */
export function computeDs(zone: string, key: DnskeyData, digestType = 2): DsData | undefined {
  const hash = HASHES[digestType];
  if (hash === undefined) return undefined;
  const digest = createHash(hash).update(encodeOwner(zone)).update(encodeRdata(key)).digest();
  return { keyTag: computeKeyTag(key), algorithm: key.algorithm, digestType, digest };
}

/** Whether a DS record means a key; absent when its digest type is one that we do not know. */
export function matchesKey(zone: string, ds: DsData, key: DnskeyData): boolean | undefined {
  if (ds.keyTag !== computeKeyTag(key) || ds.algorithm !== key.algorithm) return false;
  return computeDs(zone, key, ds.digestType)?.digest.equals(ds.digest);
}

/** The record as registrars ask for it: `12345 13 2 ABCD…`. */
export function writeDs({ keyTag: tag, algorithm, digestType, digest }: DsData): string {
  return `${tag} ${algorithm} ${digestType} ${digest.toString("hex").toUpperCase()}`;
}
