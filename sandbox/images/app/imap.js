import { serveImap } from "./store/imap.ts";

await serveImap();
