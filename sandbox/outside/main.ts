/** The outside mail host: stands for the rest of the world's mail. */
import { serveControl } from "./control.ts";
import { openInbox, receiveMail } from "./inbox.ts";
import { OutgoingQueue } from "./queue.ts";
import { outsideSettings } from "./settings.ts";

const settings = outsideSettings(process.argv.slice(2));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
const queue = await OutgoingQueue.open(settings);
const inbox = await openInbox(settings);
queue.work();
await receiveMail(settings, inbox);
await serveControl(settings, queue, inbox);
process.stdout.write(
  `the outside mail host takes mail on ${settings.ipv4} and ${settings.ipv6 ?? "no IPv6 address"}\n`,
);
