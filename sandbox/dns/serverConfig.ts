/** Configuration of knot (authoritative) and unbound (resolver). Pure. */

import { addresses, nets } from "../groundPlan.ts";
import { sandboxNameServer } from "./zoneFile.ts";
import { reverseZones } from "./reverseName.ts";

/**
 * knot.conf. The root is signed with one key (single type) and NSEC, so that all that does not exist is a provable
 * NXDOMAIN. Zones are files; a reload applies what differs and counts the serial.
 */
export function renderKnotConfig(folder: string): string {
  return `server:
    rundir: ${folder}
    listen: [ ${addresses.authoritative.ipv4}@53, ${addresses.authoritative.ipv6}@53 ]
    background-workers: 1
    udp-workers: 1
    tcp-workers: 1
control:
    listen: ${folder}/knot.sock
database:
    storage: ${folder}/db
    journal-db-max-size: 64M
log:
  - target: stderr
    any: info
policy:
  - id: sign
    algorithm: ecdsap256sha256
    single-type-signing: on
    nsec3: off
template:
  - id: default
    storage: ${folder}/zones
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    serial-policy: increment
zone:
  - domain: .
    file: root.zone
    dnssec-signing: on
    dnssec-policy: sign
`;
}

/**
 * unbound.conf. Answers keep their TTL, as in any cache; only what does not exist is forgotten after 2 s, so that one
 * who asked too early is not held up. NSEC records are not used to make up answers: with them a name that is added to
 * the signed root would stay away for long.
 */
export function renderUnboundConfig(folder: string): string {
  const unblocked = ["test.", ...Object.values(reverseZones).map((zone) => `${zone}.`)];
  return `server:
    directory: "${folder}"
    chroot: ""
    username: ""
    pidfile: ""
    do-daemonize: no
    use-syslog: no
    logfile: ""
    verbosity: 1
    val-log-level: 2
    num-threads: 1
    interface: ${addresses.resolver.ipv4}
    interface: ${addresses.resolver.ipv6}
    access-control: ${nets.ipv4} allow
    access-control: 2001:db8::/32 allow
    access-control: 127.0.0.0/8 allow
    module-config: "validator iterator"
    root-hints: "${folder}/root.hints"
    trust-anchor-file: "${folder}/root.key"
    aggressive-nsec: no
    cache-max-negative-ttl: 2
    # A server that was away for a moment is asked again at once, not after the default 15 minutes.
    infra-host-ttl: 2
${unblocked.map((zone) => `    local-zone: "${zone}" nodefault`).join("\n")}
remote-control:
    control-enable: yes
    control-interface: ${folder}/unbound.sock
    control-use-cert: no
`;
}

/** Where unbound finds the root. */
export function renderRootHints(): string {
  const name = `${sandboxNameServer}.`;
  return `. 3600000 NS ${name}
${name} 3600000 A ${addresses.authoritative.ipv4}
${name} 3600000 AAAA ${addresses.authoritative.ipv6}
`;
}
