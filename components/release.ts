/** What is done on a host before its server, or the volume on it, goes. */
import { Command } from "@pulumi/command/local/command.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedRelease } from "../stack/model/plan.ts";
import { shellQuote } from "../stack/values/shellQuote.ts";
import type { OnHost } from "./remoteFiles.ts";

/** When its first boot ended well, which tells one server from another. */
const BOOTED = "/var/lib/mailstead/booted";

/** How the host is reached, and known. */
export interface ReleaseOver {
  /** Options of the local `ssh`. */
  readonly sshOptions: pulumi.Output<string[]>;
  /** What the wait for the host printed: `booted` and the text of {@link BOOTED}. */
  readonly booted: pulumi.Output<string>;
}

/** How `ssh` ends where it does not reach the host; otherwise as the command there. */
const UNREACHABLE = 255;

/**
 * Declares it: nothing when it is made, the command when it is deleted.
 *
 * The operator's own `ssh` runs it, since it has to be no fault where the machine is gone or does not answer: a command of
 * the plugin's on the host would stop the engine there. Where it is needed and the machine answers, a failure is one. It goes before its successor is made, as that may stand at the same
 * address.
 */
export function declareRelease(
  host: OnHost,
  { role, command, timeoutSeconds, isNeeded }: PlannedRelease,
  { sshOptions, booted }: ReleaseOver,
): Command {
  const text = pulumi.all([sshOptions, host.connection.ipv4, booted]).apply(([options, ipv4, said]) => {
    // A server that was lost may have its successor at the same address by now.
    const isOther = `[ "booted $(cat ${BOOTED})" != ${shellQuote(said.trim())} ]`;
    const there = `${isOther} || timeout --kill-after=10 ${String(timeoutSeconds)} ${command}`;
    const words = ["ssh", ...options, `root@${ipv4}`, there].map(shellQuote).join(" ");
    const isNone = isNeeded ? `[ $? -eq ${String(UNREACHABLE)} ] && ` : "";
    return `${words} </dev/null || { ${isNone}echo 'the host did not answer, or had nothing to let go of'; }`;
  });
  return new Command(
    role,
    {
      create: "true",
      delete: text,
      triggers: [host.server.id, ...(host.attachment === undefined ? [] : [host.attachment.id])],
      addPreviousOutputInEnv: false,
    },
    { parent: host.parent, deleteBeforeReplace: true },
  );
}
