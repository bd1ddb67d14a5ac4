/** Speaks to the storage process: TLS, and the API secret sealed with the helper key. */
import { request } from "node:https";
import { seal } from "../secrets.ts";
import type { Settings } from "../settings.ts";

const LIMIT_MS = 30_000;

/** Stores a message in the mailbox of an address. Resolves once it is on disk. */
export async function storeMessage(settings: Settings, address: string, raw: Buffer): Promise<void> {
  const status = await new Promise<number>((resolve, reject) => {
    const call = request(
      {
        host: settings.sqliteHost,
        port: settings.ports.SQLITE,
        method: "POST",
        path: `/mailboxes/${encodeURIComponent(address)}/messages`,
        // The name is mapped to loopback and is in no certificate; the sealed secret proves both sides, as upstream does.
        rejectUnauthorized: false,
        timeout: LIMIT_MS,
        headers: {
          authorization: `Bearer ${seal(settings.apiSecrets[0] ?? "", settings.helperKey)}`,
          "content-length": raw.length,
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => {
          resolve(response.statusCode ?? 0);
        });
      },
    );
    call.on("timeout", () =>
      call.destroy(new Error(`the storage did not answer within ${String(LIMIT_MS / 1000)} s`)),
    );
    call.on("error", reject);
    call.end(raw);
  });
  if (status !== 201) throw new Error(`the storage answered ${String(status)}`);
}
