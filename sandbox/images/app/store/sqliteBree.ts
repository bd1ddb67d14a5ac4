/** sqlite_bree: the storage's jobs. The stand-in has one: it clears away what an interrupted delivery left. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { endOnSignal, every, log } from "../process.ts";
import { readSettings } from "../settings.ts";

/** A delivery takes seconds; what is older was interrupted. */
const LEFT_BEHIND_MS = 36 * 3600 * 1000;

const settings = readSettings();
endOnSignal();
log("ready");
every(3600, "clearing", async () => {
  for (const domain of await readdir(settings.storage).catch(() => [])) {
    for (const name of await readdir(join(settings.storage, domain)))
      await clear(join(settings.storage, domain, name, "tmp"));
  }
});

async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > LEFT_BEHIND_MS) await rm(path);
  }
}
