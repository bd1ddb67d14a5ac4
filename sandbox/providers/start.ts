/**
 * `node start.ts NAME [ENGINE]`: starts one stand-in plugin, with its compiled code kept for the next time.
 *
 * An engine's run starts seven of them and most runs are short: without this, loading is most of what they do.
 */
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { cacheDir } from "../groundPlan.ts";

const [name = ""] = process.argv.splice(2, 1);
enableCompileCache(join(cacheDir, "compiled"));
await import(`./${name}/main.ts`);
// Now, since the engine does not let a plugin come to its end.
flushCompileCache();
