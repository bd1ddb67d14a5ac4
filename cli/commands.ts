/** Every command, in the order of the help. A new one is registered here and nowhere else. */
import type { CommandDefinition } from "./definition.ts";
import audit from "./definitions/audit.ts";
import completion from "./definitions/completion.ts";
import importThere from "./definitions/import.ts";
import init from "./definitions/init.ts";
import logs from "./definitions/logs.ts";
import preflight from "./definitions/preflight.ts";
import rebuild from "./definitions/rebuild.ts";
import render from "./definitions/render.ts";
import report from "./definitions/report.ts";
import ssh from "./definitions/ssh.ts";
import status from "./definitions/status.ts";
import teardown from "./definitions/teardown.ts";

export const COMMANDS: readonly CommandDefinition[] = [
  init,
  render,
  status,
  preflight,
  audit,
  importThere,
  rebuild,
  teardown,
  ssh,
  logs,
  report,
  completion,
];
