/** nginx's configuration: the vendors' names over TLS, the Debian mirror over plain HTTP. Pure. */

/** What the front stands on. */
export interface FrontPlan {
  /** Folder of its own for temporary files. */
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  readonly tlsAddress: string;
  /** Name → port on 127.0.0.1. */
  readonly backends: Readonly<Record<string, number>>;
  /** Names whose backend is the ACME server: it speaks TLS, and its directory is at `/dir`. */
  readonly acmeNames: readonly string[];
  readonly mirrorAddress: string;
  readonly mirrorNames: readonly string[];
  /** Folder that holds `debian/` and `debian-security/`. */
  readonly mirrorFolder: string;
}

/** The whole file. */
export function renderNginxConfig(plan: FrontPlan): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `  ${kind}_temp_path ${plan.folder}/${kind};`,
  );
  const servers = Object.entries(plan.backends).map(([name, port]) =>
    plan.acmeNames.includes(name) ? acmeServer(plan, name, port) : plainServer(plan, name, port),
  );
  return `# Written by sandbox/front/nginxConfig.ts.
daemon off;
user root;
worker_processes 1;
pid ${plan.folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  types { text/plain txt; }
  default_type application/octet-stream;
  access_log ${plan.folder}/access.log;
${temporary.join("\n")}
  server_tokens off;
  sendfile on;

  ssl_certificate ${plan.certificate};
  ssl_certificate_key ${plan.key};
  client_max_body_size 0;
  proxy_http_version 1.1;
  proxy_request_buffering off;
  proxy_read_timeout 600s;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-Proto https;
  # A request that changes something is sent once, whatever becomes of the answer.
  proxy_next_upstream off;
  # A backend that hangs up without an answer must look like a vendor that does: as a closed connection, no 502 of ours.
  error_page 502 504 = @hangUp;

${servers.join("\n")}
  server {
    listen ${plan.mirrorAddress}:80;
    server_name ${plan.mirrorNames.join(" ")};
    root ${plan.mirrorFolder};
  }
}
`;
}

function plainServer(plan: FrontPlan, name: string, port: number): string {
  return `  server {
    listen ${plan.tlsAddress}:443 ssl;
    server_name ${name};
    location / { proxy_pass http://127.0.0.1:${port}; }
    location @hangUp { return 444; }
  }
`;
}

/** Pebble makes its URLs from the Host header, so they come out with the vendor's name. */
function acmeServer(plan: FrontPlan, name: string, port: number): string {
  return `  server {
    listen ${plan.tlsAddress}:443 ssl;
    server_name ${name};
    location = /directory { proxy_pass https://127.0.0.1:${port}/dir; }
    location / { proxy_pass https://127.0.0.1:${port}; }
    location @hangUp { return 444; }
  }
`;
}
