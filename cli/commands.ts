/** Every command, in the order of the help. A new one is registered here and nowhere else. */
import type { CommandDefinition } from "./definition.ts";
import audit from "./commands/audit.ts";
import backup from "./commands/backup.ts";
import bundle from "./commands/bundle.ts";
import completion from "./commands/completion.ts";
import drill from "./commands/drill.ts";
import importThere from "./commands/import.ts";
import init from "./commands/init.ts";
import logs from "./commands/logs.ts";
import mailbox from "./commands/mailbox.ts";
import pin from "./commands/pin.ts";
import preflight from "./commands/preflight.ts";
import queue from "./commands/queue.ts";
import rebuild from "./commands/rebuild.ts";
import renew from "./commands/renew.ts";
import render from "./commands/render.ts";
import report from "./commands/report.ts";
import restore from "./commands/restore.ts";
import ssh from "./commands/ssh.ts";
import status from "./commands/status.ts";
import teardown from "./commands/teardown.ts";
import upgrade from "./commands/upgrade.ts";

export const COMMANDS: readonly CommandDefinition[] = [
  init,
  pin,
  upgrade,
  render,
  status,
  preflight,
  audit,
  importThere,
  rebuild,
  teardown,
  bundle,
  mailbox,
  backup,
  restore,
  renew,
  drill,
  queue,
  ssh,
  logs,
  report,
  completion,
];
