/**
 * What stands before the registry under its public names: anonymous tokens, and blobs at a storage host of their own.
 *
 * Sources: the token specification of CNCF Distribution (spec/auth/token, with `WWW-Authenticate: Bearer`), and what
 * ghcr.io and Docker Hub were seen to answer: nothing without a token, a token for one repository alone, pulls only,
 * and a redirect of each blob to a storage host that refuses an `Authorization` beside its own signature.
 */
import { randomBytes } from "node:crypto";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry's own way. */
interface House {
  readonly realm: string;
  readonly service: string;
  readonly storage: string;
  /** Seconds that a token is good for. */
  readonly tokenSeconds: number;
}

const GHCR: House = {
  realm: "https://ghcr.io/token",
  service: "ghcr.io",
  storage: "pkg-containers.githubusercontent.com",
  tokenSeconds: 60,
};
const HUB: House = {
  realm: "https://auth.docker.io/token",
  service: "registry.docker.io",
  storage: "production.cloudflare.docker.com",
  tokenSeconds: 300,
};

/** Houses by the name of their registry. */
const HOUSES: Readonly<Record<string, House>> = { "ghcr.io": GHCR, "registry-1.docker.io": HUB };

/** Every name that the gate answers for. */
export const GATE_NAMES = [
  ...Object.keys(HOUSES),
  ...Object.values(HOUSES).flatMap(({ realm, storage }) => [new URL(realm).hostname, storage]),
].filter((name, index, all) => all.indexOf(name) === index);

interface Token {
  readonly repository: string;
  readonly until: number;
}

interface Call {
  readonly host: string;
  readonly url: URL;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

const ofRepository = /^\/v2\/(?<name>[a-z0-9._/-]+)\/(?<kind>manifests|blobs|tags)\/(?<reference>[^/]+)$/;

/** Starts the gate on 127.0.0.1. Port 0 takes a free one. */
export async function startGate(options: {
  readonly port: number;
  /** The registry behind: `http://127.0.0.1:5000`. */
  readonly registry: string;
}): Promise<{ readonly url: string; close(): void }> {
  const gate = new Gate(options.registry);
  const server = createServer((incoming, response) => {
    gate.answer(incoming, response);
  });
  await listening(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

class Gate {
  readonly #registry: string;
  readonly #tokens = new Map<string, Token>();
  /** Signatures of blobs that a redirect was given for. */
  readonly #signed = new Map<string, string>();

  constructor(registry: string) {
    this.#registry = registry;
  }

  answer(incoming: IncomingMessage, response: ServerResponse): void {
    const host = (incoming.headers.host ?? "").replace(/:\d+$/, "");
    const call = { host, url: new URL(incoming.url ?? "/", `https://${host}`), incoming, response };
    const issuer = Object.values(HOUSES).find(
      ({ realm }) => new URL(realm).hostname === host && new URL(realm).pathname === call.url.pathname,
    );
    if (issuer !== undefined) {
      this.#issue(call, issuer);
      return;
    }
    if (Object.values(HOUSES).some(({ storage }) => storage === host)) {
      this.#fromStorage(call);
      return;
    }
    const house = HOUSES[host];
    if (house === undefined) refuse(call, 404, "NAME_UNKNOWN", "no registry of this name");
    else this.#fromRegistry(call, house);
  }

  #issue({ url, response }: Call, { service, tokenSeconds }: House): void {
    const [, repository] =
      /^repository:([a-z0-9._/-]+):pull$/.exec(url.searchParams.get("scope") ?? "") ?? [];
    if (url.searchParams.get("service") !== service || repository === undefined) {
      send(response, 400, { errors: [{ code: "UNSUPPORTED", message: "service and one scope are needed" }] });
      return;
    }
    const token = randomBytes(24).toString("base64url");
    this.#tokens.set(token, { repository, until: Date.now() + tokenSeconds * 1000 });
    // ghcr.io names neither a second spelling nor a duration.
    send(
      response,
      200,
      service === "ghcr.io" ? { token } : { token, access_token: token, expires_in: tokenSeconds },
    );
  }

  #fromRegistry(call: Call, house: House): void {
    const { incoming, url } = call;
    const asked = ofRepository.exec(url.pathname)?.groups;
    const scope = `repository:${asked?.["name"] ?? "user/image"}:pull`;
    const [, given = ""] = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? "") ?? [];
    const token = this.#tokens.get(given);
    const isGood = token !== undefined && token.until > Date.now();
    if (!isGood || (asked !== undefined && token.repository !== asked["name"])) {
      const challenge = `Bearer realm="${house.realm}",service="${house.service}",scope="${scope}"`;
      call.response.setHeader(
        "www-authenticate",
        isGood ? `${challenge},error="insufficient_scope"` : challenge,
      );
      refuse(call, 401, "UNAUTHORIZED", "authentication required");
      return;
    }
    if (!["GET", "HEAD"].includes(incoming.method ?? "")) {
      refuse(call, 403, "DENIED", "requested access to the resource is denied");
      return;
    }
    if (asked?.["kind"] === "blobs")
      this.#redirect(call, house, asked["name"] ?? "", asked["reference"] ?? "");
    else this.#pass(call, url.pathname + url.search);
  }

  #redirect({ response }: Call, { storage }: House, name: string, digest: string): void {
    const signature = randomBytes(16).toString("hex");
    this.#signed.set(signature, `/v2/${name}/blobs/${digest}`);
    response.writeHead(307, { location: `https://${storage}/blobs/${digest}?sig=${signature}` }).end();
  }

  #fromStorage(call: Call): void {
    const path = this.#signed.get(call.url.searchParams.get("sig") ?? "");
    if (call.incoming.headers.authorization !== undefined)
      refuse(call, 400, "InvalidArgument", "only one auth mechanism is allowed");
    else if (path === undefined) refuse(call, 403, "AuthenticationFailed", "the signature is not valid");
    else this.#pass(call, path);
  }

  /** What the registry says, as it says it. */
  #pass({ incoming, response, host }: Call, path: string): void {
    const headers: IncomingMessage["headers"] = { ...incoming.headers, host };
    delete headers.authorization;
    const passed = request(
      new URL(path, this.#registry),
      { method: incoming.method ?? "GET", headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on("error", () => response.destroy());
    incoming.pipe(passed);
  }
}

function refuse({ response }: Call, status: number, code: string, message: string): void {
  send(response, status, { errors: [{ code, message }] });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.setHeader("content-type", "application/json");
  response.writeHead(status).end(`${JSON.stringify(body)}\n`);
}
