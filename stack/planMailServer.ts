/** The plan of one mail server: a pure function of its configuration. */
import type { Config } from "./model/config.ts";
import { BACKUP_VALUES } from "./data/backups.ts";
import { planDeployKeys } from "./host/deployKeys.ts";
import { checkRecords } from "./dns/rules/checkRecords.ts";
import { planDns } from "./dns/planDns.ts";
import { zoneFacts, REVERSE_FAMILIES } from "./dns/zoneFacts.ts";
import { planData } from "./data/planData.ts";
import { planFirewall } from "./firewall/planFirewall.ts";
import type { Issue } from "./model/issue.ts";
import { planImages } from "./mail/images.ts";
import { neededMemoryMib } from "./mail/memory.ts";
import { mailboxNames, planOnboarding, valuesFor } from "./mail/onboarding.ts";
import { DIRECTORIES } from "./host/paths.ts";
import { planContainers } from "./mail/planContainers.ts";
import { planFiles, planLastSteps, planSteps } from "./planFiles.ts";
import { planClients } from "./services/clients.ts";
import { hostName } from "./services/names.ts";
import type { Plan, PlannedReverseName, PlannedServer } from "./model/plan.ts";
import { nextServerHas } from "./model/nextServer.ts";
import { protectedParts } from "./model/protection.ts";
import { CLOUDS } from "./vendors/registry.ts";

function planServer(config: Config): PlannedServer {
  const { domain, contact, server, dns, mail, generation } = config;
  const host = hostName("mx", domain);
  return {
    name: host,
    provider: server.provider,
    location: server.location,
    type: server.type,
    image: CLOUDS[server.provider].images[server.image],
    generation,
    protect: protectedParts(config).server,
    nextHas: nextServerHas(config),
    deployKeys: planDeployKeys(server.deployKeys, protectedParts(config).identity),
    boot: {
      distribution: server.image,
      dnsProvider: dns.provider,
      hostname: host,
      swapMib: server.swapMib,
      environment: { EMAIL: contact, DOMAIN: domain, AUTH_BASIC_USERNAME: mail.authUser },
      directories: DIRECTORIES,
    },
  };
}

const REVERSE_ROLES = { ipv4: "reverse-v4", ipv6: "reverse-v6" } as const;

/** Both families name the host of the MX: receivers ask for each, and Gmail refuses IPv6 without. */
function planReverseNames({ domain, server }: Config): readonly PlannedReverseName[] {
  if (CLOUDS[server.provider].reverseNames === undefined) return [];
  const ptr = hostName("mx", domain);
  return REVERSE_FAMILIES.map((family) => ({ role: REVERSE_ROLES[family], family, ptr }));
}

/**
 * Plans everything that will be declared.
 *
 * The same configuration gives the same plan, byte for byte; late values are slots in it.
 *
 * @returns the plan, and what is wrong with its records. With an issue of severity `error` nothing may be made.
 */
export function planMailServer(config: Config): { plan: Plan; issues: Issue[] } {
  const records = planDns(config);
  const images = planImages(config);
  const onboarding = planOnboarding(config);
  const paths = config.dns.records.map((_, index) => `mailstead:dns.records[${index}]`);
  const plan: Plan = {
    domain: config.domain,
    zone: config.dns.zone,
    dnsProvider: config.dns.provider,
    mx: config.dns.mx,
    contact: config.contact,
    protect: protectedParts(config).identity,
    protectRecords: protectedParts(config).records,
    server: planServer(config),
    memoryMib: neededMemoryMib(config),
    firewall: planFirewall(config),
    reverseNames: planReverseNames(config),
    records,
    ...planData(config, images),
    files: planFiles(config),
    steps: planSteps(config, records, images),
    images,
    containers: planContainers(config),
    lastSteps: planLastSteps(config, images),
    generated: [...(onboarding === undefined ? [] : valuesFor(mailboxNames(onboarding))), ...BACKUP_VALUES],
    ...(onboarding && { onboarding }),
    clients: planClients(config),
    webAddress: `https://${config.domain}`,
  };
  return { plan, issues: [...checkRecords(records, paths, zoneFacts(config))] };
}
