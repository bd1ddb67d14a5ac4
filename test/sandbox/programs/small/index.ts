/**
 * The real component over a real plan that is cut down: server, two records, two containers, no certificate.
 *
 * It boots in seconds, so that many broken runs can be tried on it.
 */
import * as pulumi from "@pulumi/pulumi";
import { configurationError } from "../../../../components/errors.ts";
import { needZone } from "../../../../components/dns/mailDns.ts";
import { givenValues } from "../../../../components/given.ts";
import { reviewAccount } from "../../../../components/host/account.ts";
import { lastDeployed, lastOutputs } from "../../../../components/lastOutputs.ts";
import { MailServer } from "../../../../components/mailServer.ts";
import { AFTER_AN_ERROR } from "../../../../components/nextSteps.ts";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../../../stack/config/readRawConfig.ts";
import type { Plan } from "../../../../stack/model/plan.ts";
import { planMailServer } from "../../../../stack/planMailServer.ts";

const CONTAINERS = ["mongodb", "redis"];
const RECORDS = ["mx-host", "apex-mx"];

/** `small:impossibleDirectory` makes the first boot fail: a directory that it cannot make. */
function boot({ boot: planned }: Plan["server"], impossible: string | undefined): Plan["server"]["boot"] {
  if (impossible === undefined) return planned;
  return { ...planned, directories: [{ path: impossible, mode: "0755" }, ...planned.directories] };
}

/** `small:serverSeconds` is as long as an order of a server may take; else the component's own limit. */
function limitServers(seconds: string | undefined): pulumi.ResourceTransformation[] {
  if (seconds === undefined) return [];
  const customTimeouts = { create: `${seconds}s` };
  return [
    ({ type, props, opts }) =>
      type === "hcloud:index/server:Server" ? { props, opts: { ...opts, customTimeouts } } : undefined,
  ];
}

function cut(plan: Plan, impossible: string | undefined): Plan {
  return {
    ...plan,
    server: { ...plan.server, boot: boot(plan.server, impossible) },
    records: plan.records.filter(({ role }) => RECORDS.includes(role)),
    files: plan.files.filter(({ role }) => role === "env"),
    steps: [],
    lastSteps: [],
    images: plan.images.filter(({ role }) => role === "mongo" || role === "redis"),
    containers: plan.containers.filter(({ name }) => CONTAINERS.includes(name)),
  };
}

const all = pulumi.runtime.allConfig();
const { config, issues } = parseConfig(readRawConfig(all));
if (config === undefined) throw new pulumi.RunError(JSON.stringify(issues, undefined, 2));
// As the whole program does it, before anything is declared.
const account = await reviewAccount(config, await lastDeployed(await lastOutputs()), all);
if (account.issues.length > 0) throw configurationError(account.issues);
const { plan } = planMailServer(config);
const zoneId = await needZone(plan, config.dns.zoneId);
const server = new MailServer(
  "mail",
  {
    plan: cut(plan, all["small:impossibleDirectory"]),
    ...(zoneId === undefined ? {} : { zoneId }),
    stack: pulumi.getStack(),
    given: givenValues(config, all, process.env),
    addressesAreHeld: account.addressesAreHeld,
  },
  { transformations: limitServers(all["small:serverSeconds"]) },
);

/** Public addresses of the server: `mailstead ssh` reads them. */
export const addresses = server.addresses;
/** As of the whole program: what to do after an error. */
export const nextSteps = [AFTER_AN_ERROR];
