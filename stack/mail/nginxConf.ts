/** The router on port 443: by the name asked for (SNI), TLS passes through untouched to one of four servers. */

/** First label of the name → port on loopback. */
const ROUTES: readonly { readonly label: string; readonly port: number; readonly storage: boolean }[] = [
  { label: "carddav", port: 6000, storage: true },
  { label: "caldav", port: 5000, storage: true },
  { label: "api", port: 4000, storage: false },
];

const WEB_PORT = 3000;

/** Renders nginx.conf. The stream module is in the official image. */
export function renderNginxConf(storage: boolean): string {
  const routes = ROUTES.filter((route) => storage || !route.storage);
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
