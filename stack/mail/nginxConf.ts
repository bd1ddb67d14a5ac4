/** The router on port 443: by the name asked for (SNI), TLS passes through untouched to one of five servers. */

import { hasOwnFiles, WELL_KNOWN_PORT } from "./wellKnown.ts";
import type { WebName } from "../services/names.ts";

/** First label of a name, and its port on loopback. */
interface Route {
  readonly label: string;
  readonly port: number;
}

const STORAGE_ROUTES: readonly Route[] = [
  { label: "carddav", port: 6000 },
  { label: "caldav", port: 5000 },
];
const API_ROUTE: Route = { label: "api", port: 4000 };

const WEB_PORT = 3000;

/**
 * Renders nginx.conf. The stream module is in the official image.
 *
 * @param web labels of the web names that are switched on; those without files of ours go to the web server.
 */
export function renderNginxConf(storage: boolean, web: readonly WebName[]): string {
  const own = web.filter(hasOwnFiles).map((label) => ({ label, port: WELL_KNOWN_PORT }));
  const routes = [...(storage ? STORAGE_ROUTES : []), API_ROUTE, ...own];
  const lines = routes.map(({ label, port }) => `    ~*^${label}\\. 127.0.0.1:${port};`);
  return `# Written by Mailstead. Changes here are lost with the next deploy.
worker_processes auto;
worker_rlimit_nofile 16384;

events {
  worker_connections 4096;
}

stream {
  map $ssl_preread_server_name $server_for_name {
${lines.join("\n")}
    default 127.0.0.1:${WEB_PORT};
  }

  server {
    listen 443;
    listen [::]:443;
    ssl_preread on;
    proxy_connect_timeout 5s;
    proxy_socket_keepalive on;
    proxy_pass $server_for_name;
  }
}
`;
}
