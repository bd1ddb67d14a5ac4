/** Questions to servers inside the namespace, asked from a process outside of it. */

import { run, succeeds } from "./command.ts";

/** True when something accepts TCP connections there. */
export async function acceptsTcp(address: string, port: number): Promise<boolean> {
  return succeeds("bash", ["-c", `exec 3<>/dev/tcp/${address}/${port}`], { inside: true, timeoutSeconds: 3 });
}

/**
 * The body of an HTTP answer with a status below 400.
 *
 * @param caCertificate File with the certificates to trust, for https.
 * @throws {CommandError} for another status, or no answer within 5 s.
 */
export async function httpGet(url: string, caCertificate?: string): Promise<string> {
  const trust = caCertificate === undefined ? [] : ["--cacert", caCertificate];
  return run("curl", ["--silent", "--show-error", "--fail", "--max-time", "5", ...trust, url], {
    inside: true,
  });
}
