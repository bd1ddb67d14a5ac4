// `node start.js FILE [ENGINE]`: starts one stand-in plugin from its bundle, with its compiled code kept for the next
// time. Plain JavaScript, so that nothing has to be made of it first: an engine's run starts seven of these.
import { enableCompileCache, flushCompileCache } from "node:module";
import { dirname, join } from "node:path";

const [file = ""] = process.argv.splice(2, 1);
enableCompileCache(join(dirname(file), "compiled"));
await import(file);
// Now, since the engine does not let a plugin come to its end.
flushCompileCache();
