/** The server's certificate: what is placed, what is served, and what `mailstead status` says of it. */
import { fault } from "./faults.ts";
import { DOMAIN, inside, onHost, STACK } from "./sandbox.ts";
import { recordsPath } from "./vendors.ts";

/** Where the containers read it. */
export const SSL = "/root/forwardemail.net/self-hosting/ssl";

/** Serial number of the certificate that IMAP shows. */
export async function served(): Promise<string> {
  return onHost("echo | openssl s_client -connect 127.0.0.1:993 2>/dev/null | openssl x509 -noout -serial\n");
}

/** Serial number of the certificate that is placed. */
export async function placed(): Promise<string> {
  return onHost(`openssl x509 -in ${SSL}/fullchain.pem -noout -serial\n`);
}

/** Has the records refused that certbot writes itself, until the faults are cleared; Pulumi must write none meanwhile. */
export async function refuseOrders(): Promise<void> {
  const path = await recordsPath(DOMAIN);
  await fault({ vendor: "cloudflare", method: "POST", path, kind: "status", status: 403, times: 50 });
}

interface Finding {
  readonly subject: string;
  readonly state: string;
  readonly seen: string;
}

/** What `mailstead status` says of the certificate, and its exit code. */
export async function certificateStatus(): Promise<Finding & { code: number }> {
  const { code, stdout } = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK, "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const found = findings.find(({ subject }) => subject === "certificate");
  if (found === undefined) throw new Error(`status does not speak of the certificate:\n${stdout}`);
  console.log(`status: ${found.state}: ${found.seen}`);
  return { ...found, code };
}
