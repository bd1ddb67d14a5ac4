/** Keys of the backups: where they go, how long they are kept, who is told. */
import { because, count, digits, switches, text, type Fields } from "../../values/field.ts";
import { readHostName } from "../../values/domainName.ts";
import { bad, good, type Reading } from "../../values/reading.ts";

/** Host name of the bucket's vendor, without the bucket's own name before it. An `https://` before it is dropped. */
export function readEndpoint(given: string): Reading<string> {
  return readHostName(given.replace(/^https:\/\//, "").replace(/\/$/, ""));
}

/** Naming rules of S3 that every vendor has. */
export function readBucket(given: string): Reading<string> {
  const fix = "write 3 to 63 lower-case letters, digits and hyphens, such as example-mail";
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(given)
    ? good(given)
    : bad("not-a-bucket", "this is not the name of a bucket", fix);
}

/** Folders in the bucket, without slashes round them. */
export function readPrefix(given: string): Reading<string> {
  const prefix = given.replace(/^\/|\/$/g, "");
  const fix = "write letters, digits, dots, hyphens and slashes, such as mail/example.com";
  return prefix.length <= 200 && /^[\w.-]+(\/[\w.-]+)*$/.test(prefix) && !/(^|\/)\.\.?(\/|$)/.test(prefix)
    ? good(prefix)
    : bad("not-a-prefix", "this is not a folder in a bucket", fix);
}

/** A vendor's name of a region. */
export function readRegion(given: string): Reading<string> {
  return /^[a-z0-9-]{1,40}$/.test(given)
    ? good(given)
    : bad("not-a-region", "this is not a region", "set the vendor's own word, such as nbg1, or leave it out");
}

/** One of the two halves of an access key. Nothing of it is in a message. */
export function readAccessKey(given: string): Reading<string> {
  return /^[A-Za-z0-9/+=_.-]{8,256}$/.test(given)
    ? good(given)
    : bad("not-an-access-key", "this is not an access key", "copy it whole from the vendor, without blanks");
}

/** A capability URL. Nothing of it is in a message. */
export function readPingUrl(given: string): Reading<string> {
  const isPlain = /^https:\/\/[\w.-]+(:\d+)?\/[\w./~-]+$/.test(given) && given.length <= 500;
  return isPlain
    ? good(given.replace(/\/+$/, ""))
    : bad("not-a-ping-url", "this is not a plain https URL", "copy it from the watcher, without a query");
}

/** Which snapshot an empty volume is filled from. */
export function readRestore(given: string): Reading<string> {
  return /^(newest|none|[0-9a-f]{8,64})$/.test(given)
    ? good(given)
    : bad(
        "not-a-snapshot",
        "this is not the id of a snapshot",
        "set newest, none, or an id that `./mailstead backup --list` shows",
      );
}

const AS_SECRET = (key: string) => `pulumi config set --secret --path mailstead:backups.${key}`;

/** How many snapshots of a kind may be kept. */
const MOST_KEPT = 1000;

/** Keys of `backups`. */
export const BACKUPS = {
  endpoint: {
    schema: text(readEndpoint),
    meaning: "host name of the S3-compatible storage",
    fix: "set the vendor's endpoint, such as nbg1.your-objectstorage.com",
    required: true,
  },
  bucket: {
    schema: digits(readBucket),
    meaning: "bucket; made where it is not there and the key may",
    fix: "set the name of your bucket at the vendor",
    required: true,
  },
  prefix: {
    schema: digits(readPrefix),
    meaning: "folder in the bucket that holds the repository",
    fix: "set a folder of this stack's own, such as example.com",
    follows: because("`domain`", "so that one bucket can hold the backups of several servers"),
  },
  region: {
    schema: text(readRegion),
    meaning: "region that requests are signed for",
    fix: "set the vendor's own word, such as nbg1, or leave it out",
    follows: because("asked of the vendor", "most vendors tell it"),
  },
  accessKeyId: {
    schema: digits(readAccessKey),
    meaning: "first half of the bucket's access key",
    fix: AS_SECRET("accessKeyId"),
    required: true,
    secret: true,
  },
  secretAccessKey: {
    schema: digits(readAccessKey),
    meaning: "second half of the bucket's access key",
    fix: AS_SECRET("secretAccessKey"),
    required: true,
    secret: true,
  },
  keepDaily: {
    schema: count(1, MOST_KEPT),
    meaning: "days of which the last snapshot is kept",
    fix: "set a whole number from 1 on",
    default: because(7, "a week to notice that something is missing"),
  },
  keepWeekly: {
    schema: count(0, MOST_KEPT),
    meaning: "weeks of which the last snapshot is kept",
    fix: "set a whole number",
    default: because(4, "a month in steps of a week"),
  },
  keepMonthly: {
    schema: count(0, MOST_KEPT),
    meaning: "months of which the last snapshot is kept",
    fix: "set a whole number",
    default: because(6, "half a year in steps of a month"),
  },
  hour: {
    schema: count(0, 23),
    meaning: "hour of the day, in UTC, at which the backup begins",
    fix: "set a whole number from 0 to 23",
    default: because(3, "night in Europe, where least mail comes"),
  },
  pingUrl: {
    schema: text(readPingUrl),
    meaning:
      "address of a watcher that is called after each backup, with /fail behind it after one that failed (healthchecks.io's convention)",
    fix: AS_SECRET("pingUrl"),
    secret: true,
  },
  restore: {
    schema: digits(readRestore),
    meaning:
      "what an empty volume is filled from before anything starts: the newest snapshot, one by its id, or none to begin anew",
    fix: "set newest, none, or an id that `./mailstead backup --list` shows",
    default: because("newest", "a server never starts empty beside its backups"),
  },
  restoreOtherRelease: {
    schema: switches,
    meaning: "a snapshot of another release of Forward Email may be restored",
    fix: "set true or false",
    default: because(false, "an older release does not know what a newer one has written"),
  },
} satisfies Fields;
