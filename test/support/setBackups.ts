/** Backups of a stack to the sandbox's bucket. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runFolder } from "./printed.ts";
import { setConfigs, STACK, succeed } from "./sandbox.ts";

/** Where the bucket is. */
export const BUCKET_CONFIG = {
  "mailstead:backups.endpoint": "nbg1.your-objectstorage.com",
  "mailstead:backups.bucket": "mailstead",
};

/** Access to the bucket, as an owner has it from the vendor: secrets by their keys. */
export function bucketSecrets(): [key: string, value: string][] {
  const read = (file: string): string => readFileSync(join(runFolder, "objects", file), "utf8");
  return [
    ["mailstead:backups.accessKeyId", read("access-key")],
    ["mailstead:backups.secretAccessKey", read("secret-key")],
  ];
}

/** Switches them on, from the next `up`. */
export async function setBackups(): Promise<void> {
  await setConfigs(BUCKET_CONFIG);
  for (const [key, input] of bucketSecrets())
    await succeed(["pulumi", "config", "set", "--secret", "--path", key, "--stack", STACK], { input });
}
