/** Whether mail from this host would pass SPF: the queue's own check, and the set-up page's. */
import type { Settings } from "../settings.ts";
import { firstIpv4, mailauthResolver } from "./lookup.ts";

/** Evaluates SPF (RFC 7208) for the host's first IPv4 address and a sender of the domain. */
export async function spfPasses(settings: Settings, domain: string): Promise<boolean> {
  // Loaded when first asked for: half of a process's start would go into it otherwise.
  const { spf } = await import("mailauth/lib/spf/index.js");
  const result = await spf({
    sender: `postmaster@${domain}`,
    ip: firstIpv4(),
    helo: settings.smtpHost,
    mta: settings.smtpHost,
    resolver: mailauthResolver,
  });
  return result.status.result === "pass";
}
