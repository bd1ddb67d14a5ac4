/** Whether the zone above points at the servers that hold the zone. */
import type { AuditCheck, CheckResult } from "../../model/observation.ts";
import { describeServer, type ZoneServers } from "../../model/zoneServers.ts";
import { writeDigTrace } from "../fixes/fixes.ts";
import { describeAnswer } from "../../model/describeAnswer.ts";

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return [...left].sort().join(" ") === [...right].sort().join(" ");
}

function makeCheck(zone: string, rest: CheckResult): AuditCheck {
  return { check: "delegation", subject: zone, ...rest };
}

/** What the zone above has, against the provider's list. */
function judgeFromAbove({ zone, delegation }: ZoneServers, wanted: readonly string[]): AuditCheck {
  const theirs = wanted.length > 0 ? wanted.join(", ") : "those that the DNS provider shows for the zone";
  const fix = `at the registrar of ${zone}, set the name servers to ${theirs}`;
  if (delegation.state === "nxdomain" || delegation.state === "empty") {
    const seen = "the zone above does not delegate it: nobody finds its records";
    return makeCheck(zone, { state: "bad", severity: "critical", seen, fix });
  }
  if (delegation.state !== "answer") {
    const seen = `a server of the zone above ${describeAnswer(delegation, "NS")}`;
    const again = writeDigTrace(zone, "NS");
    return makeCheck(zone, { state: "unknown", severity: "warning", seen, fix: again });
  }
  const names = delegation.values.join(", ");
  if (wanted.length > 0 && !sameNames(delegation.values, wanted)) {
    const ours = delegation.values.some((name) => wanted.includes(name));
    const seen = `delegated to ${names}; the provider's are ${wanted.join(", ")}`;
    return makeCheck(zone, { state: "bad", severity: ours ? "warning" : "critical", seen, fix });
  }
  return makeCheck(zone, { state: "ok", severity: "info", seen: `delegated to ${names}` });
}

/** Servers that do not serve what is delegated to them, or name others. */
function judgeServers(
  { zone, delegation, servers, withoutAddress }: ZoneServers,
  untold: ReadonlySet<string>,
): AuditCheck[] {
  const faults = servers.flatMap((server): AuditCheck[] => {
    const subject = describeServer(server);
    const { ownNs } = server;
    if (ownNs.state !== "answer") {
      const seen = describeAnswer(ownNs, "NS");
      const fix = `add ${zone} at ${server.name}, or take that server out of the delegation`;
      const state = ownNs.state === "timeout" ? "unknown" : "bad";
      return [{ check: "delegation", subject, state, severity: "warning", seen, fix }];
    }
    if (delegation.state !== "answer" || sameNames(ownNs.values, delegation.values)) return [];
    const seen = `names ${ownNs.values.join(", ")}, the zone above ${delegation.values.join(", ")}`;
    const fix = `make the NS records of ${zone} and those at its registrar the same`;
    return [{ check: "delegation", subject, state: "bad", severity: "warning", seen, fix }];
  });
  const known = withoutAddress.filter((name) => !untold.has(name));
  const unknown = withoutAddress.filter((name) => untold.has(name));
  const unsure = unknown.map((name): AuditCheck => ({
    check: "delegation",
    subject: name,
    state: "unknown",
    severity: "warning",
    seen: "resolvers know no address of this name server, and nobody could be asked who knows for sure",
    fix: writeDigTrace(name, "A"),
  }));
  const nameless = known.map((name): AuditCheck => ({
    check: "delegation",
    subject: name,
    state: "bad",
    severity: "warning",
    seen: "this name server has no address",
    fix: `take ${name} out of the delegation of ${zone}, or give it an address`,
  }));
  return [...faults, ...nameless, ...unsure];
}

/**
 * Checks the delegation: zone above, zone and provider name the same servers, and each of them serves the zone.
 *
 * @param wanted name servers that the provider gave the zone; empty when they are not known.
 * @param untold name servers without an address at resolvers, of whose own zone nobody could be asked.
 */
export function judgeDelegation(
  found: ZoneServers,
  wanted: readonly string[],
  untold: ReadonlySet<string> = new Set(),
): AuditCheck[] {
  const away = found.notReachableFromHere.map((server): AuditCheck => ({
    check: "delegation",
    subject: describeServer(server),
    state: "unknown",
    severity: "info",
    seen: "not asked: this machine has no way to addresses of this family",
    fix: `run the audit on a machine with ${server.address.includes(":") ? "IPv6" : "IPv4"}`,
  }));
  return [judgeFromAbove(found, wanted), ...judgeServers(found, untold), ...away];
}
