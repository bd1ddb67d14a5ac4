/** The gate of port 25: what the host and the command say of it, and mail that is sent while it is closed. */
import { inside, onHost, STACK } from "./sandbox.ts";

/** A finding of `status`. */
interface Finding {
  readonly subject: string;
  readonly state: string;
  readonly seen: string;
  readonly fix?: string;
}

/** Subject of a message that was sent before the server knew the domain. */
export function earlyMail(family: "ipv4" | "ipv6"): string {
  return `before the server knew the domain, by ${family}`;
}

/** What `mailstead status` says of port 25. */
export async function gateFinding(): Promise<Finding | undefined> {
  const { stdout } = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK, "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.find(({ subject }) => subject === "port 25");
}

/** The gate's state as the host keeps it. */
export async function gateState(): Promise<{ state: string; since: string; answer: string }> {
  return JSON.parse(await onHost("cat /var/lib/mailstead/mail-gate.json\n")) as {
    state: string;
    since: string;
    answer: string;
  };
}
