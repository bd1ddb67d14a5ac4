/** caldav and carddav: enough of WebDAV for a health check and for a client to be told to log in. */
import { openDatabase } from "../database.ts";
import { logIn } from "../domain/access.ts";
import { endOnSignal, listen, log, readTls, reasonOf, webServer } from "../process.ts";
import { readSettings, type PortName } from "../settings.ts";
import { basicCredentials } from "./router.ts";

const ROOT = `<?xml version="1.0" encoding="utf-8"?>
<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>`;

/** Serves one kind of WebDAV; `extension` is its name in the DAV header. */
export async function serveDav(service: PortName & ("CALDAV" | "CARDDAV"), extension: string): Promise<void> {
  const settings = readSettings();
  endOnSignal();
  const tls = readTls(settings, service);
  const database = await openDatabase(settings);
  const statusFor = async (
    method: string,
    headers: Parameters<typeof basicCredentials>[0],
  ): Promise<number> => {
    if (method === "OPTIONS") return 200;
    const { user, password } = basicCredentials(headers);
    if (typeof (await logIn(database, user, password)) === "string") return 401;
    return method === "PROPFIND" ? 207 : 404;
  };
  const server = webServer(tls, (request, response) => {
    request.resume();
    void statusFor(request.method ?? "", request.headers).then(
      (status) => {
        response.writeHead(status, {
          dav: `1, 3, ${extension}`,
          allow: "OPTIONS, PROPFIND",
          ...(status === 401 ? { "www-authenticate": 'Basic realm="mail"' } : {}),
          ...(status === 207 ? { "content-type": "application/xml; charset=utf-8" } : {}),
        });
        response.end(status === 207 ? ROOT : "");
      },
      (error: unknown) => {
        log("request failed", { reason: reasonOf(error) });
        response.writeHead(500).end();
      },
    );
  });
  await listen(server, settings.ports[service]);
}
