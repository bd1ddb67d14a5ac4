/** The router on port 443: by the name asked for (SNI), TLS passes through untouched to one of the web servers. */
import { listening } from "../services/reach.ts";
import type { Service } from "../services/service.ts";
import { findPort } from "../services/table.ts";
import { WEB_NAMES, type WebName } from "../services/webNames.ts";

/** First label of a name, and the port on loopback of who serves it. */
interface Route {
  readonly label: string;
  readonly port: number;
}

/** No name fits two routes, so their order, by descending port, is no matter to nginx. */
function routesTo(services: readonly Service[]): readonly Route[] {
  return listening(services)
    .filter(({ listens }) => listens.behindRouter === true)
    .map(({ label = "", listens }) => ({ label, port: listens.port }))
    .toSorted((a, b) => b.port - a.port);
}

/**
 * Renders nginx.conf. The stream module is in the official image.
 *
 * @param services those that the server has. @param web labels of the web names that are switched on.
 */
export function renderNginxConf(services: readonly Service[], web: readonly WebName[]): string {
  // The web server takes every name that no other has.
  const others = findPort("web");
  const further = web.map((label) => ({ label, port: findPort(WEB_NAMES[label].servedBy) }));
  const routes = [...routesTo(services), ...further].filter(({ port }) => port !== others);
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
    default 127.0.0.1:${others};
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
