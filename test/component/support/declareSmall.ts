/** Declares a mail server of the small plan under a recording monitor. */
import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { MailServer, type MailServerArgs } from "../../../components/mailServer.ts";
import type { Plan } from "../../../stack/model/plan.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { recordProgram, type RecordedRun, type RunOptions } from "./recordedProgram.ts";
import { smallPlan } from "./smallPlan.ts";

/** Token of the function that lists servers. */
export const GET_SERVERS = "hcloud:index/getServers:getServers";

/** Token of the function that lists addresses. */
export const GET_PRIMARY_IPS = "hcloud:index/getPrimaryIps:getPrimaryIps";

/** Nothing runs at the vendor. */
export const NO_SERVERS = { [GET_SERVERS]: () => ({ servers: [] }) };

/** A zone id in Cloudflare's form. */
export const ZONE_ID = "0123456789abcdef0123456789abcdef";

export interface SmallRun extends RecordedRun {
  readonly server: MailServer;
  /** Folder of the SSH files. */
  readonly folder: string;
}

/** Runs it. `plan` and `args` give what differs. */
export async function declareSmall(
  options: RunOptions = {},
  plan: Partial<Plan> = {},
  args: Partial<MailServerArgs> = { zoneId: ZONE_ID },
): Promise<SmallRun> {
  const folder = join(temporaryFolder(), "ssh");
  let server: MailServer | undefined;
  const run = await recordProgram(
    () => {
      const fixed = { plan: smallPlan(plan), stack: "test", sshDirectory: folder };
      const given = { dnsApiToken: pulumi.secret("CLOUDFLARETOKENSECRET") };
      server = new MailServer("mail", { ...fixed, given, ...args });
    },
    { calls: NO_SERVERS, ...options },
  );
  if (server === undefined) throw new Error(run.errors.map(({ message }) => message).join("\n"));
  return { ...run, server, folder };
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
  });
}
