import { serveMailboxes } from "./store/dovecot.ts";

await serveMailboxes("IMAP");
