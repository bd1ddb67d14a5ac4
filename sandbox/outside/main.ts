/** The outside mail host: stands for the rest of the world's mail. */
import { serveControl } from "./control.ts";
import { receiveMail } from "./inbox.ts";
import { workQueue } from "./queue.ts";
import { outsideSettings } from "./settings.ts";

const settings = outsideSettings(process.argv.slice(2));
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
await workQueue(settings, stop.signal);
await receiveMail(settings);
await serveControl(settings);
process.stdout.write(
  `the outside mail host takes mail on ${settings.ipv4} and ${settings.ipv6 ?? "no IPv6 address"}\n`,
);
