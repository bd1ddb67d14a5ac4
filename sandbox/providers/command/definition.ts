/** What the command stand-in offers. `remote.CopyToRemote` and `remote.CopyFile` are left out. */
import type { ProviderDefinition } from "../protocol/handler.ts";
import { localCommand, localRun } from "./localCommand.ts";
import { remoteCommand } from "./remoteCommand.ts";

/** Stands in for pulumi-command 1.2.1. */
export const command: ProviderDefinition = {
  name: "command",
  version: "1.2.1",
  resources: {
    "command:remote:Command": remoteCommand,
    "command:local:Command": localCommand,
  },
  functions: { "command:local:run": localRun },
};
