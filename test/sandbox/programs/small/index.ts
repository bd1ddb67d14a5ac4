/**
 * The real component over a real plan that is cut down: server, two records, two containers, no certificate.
 *
 * It boots in seconds, so that many broken runs can be tried on it.
 */
import * as pulumi from "@pulumi/pulumi";
import { givenValues } from "../../../../components/given.ts";
import { MailServer } from "../../../../components/mailServer.ts";
import { AFTER_AN_ERROR } from "../../../../components/nextSteps.ts";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../../../stack/config/readRawConfig.ts";
import type { Plan } from "../../../../stack/plan.ts";
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
    images: plan.images.filter(({ role }) => role === "mongo" || role === "redis"),
    containers: plan.containers.filter(({ name }) => CONTAINERS.includes(name)),
  };
}

const all = pulumi.runtime.allConfig();
const { config, issues } = parseConfig(readRawConfig(all));
if (config === undefined) throw new pulumi.RunError(JSON.stringify(issues, undefined, 2));
const server = new MailServer(
  "mail",
  {
    plan: cut(planMailServer(config).plan, all["small:impossibleDirectory"]),
    stack: pulumi.getStack(),
    given: givenValues(config, all, process.env),
  },
  { transformations: limitServers(all["small:serverSeconds"]) },
);

/** Public addresses of the server: `mailstead ssh` reads them. */
export const addresses = server.addresses;
/** As of the whole program: what to do after an error. */
export const nextSteps = [AFTER_AN_ERROR];
