/** The MTA-STS policy (RFC 8461 3.2), which one container serves and one record tells of. */
import type { Config } from "../model/config.ts";
import { hostName } from "./names.ts";

/** Every host that takes mail for the domain: the server, and the owner's backups. Null MX is none. */
function exchanges({ domain, dns }: Pick<Config, "domain" | "dns">): string[] {
  const owners = dns.records.flatMap((record) =>
    record.type === "MX" && record.name === domain ? [record.exchange] : [],
  );
  return [...new Set([hostName("mx", domain), ...owners])];
}

/** Text of the policy, as it is served at `/.well-known/mta-sts.txt`; undefined when it is switched off. */
export function mtaStsPolicy(input: Pick<Config, "domain" | "dns">): string | undefined {
  const { mode, maxAgeSeconds } = input.dns.mtaSts;
  if (mode === "off") return undefined;
  const lines = [
    "version: STSv1",
    `mode: ${mode}`,
    ...exchanges(input).map((host) => `mx: ${host}`),
    `max_age: ${String(maxAgeSeconds)}`,
  ];
  return `${lines.join("\n")}\n`;
}
