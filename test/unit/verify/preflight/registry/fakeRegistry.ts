/** A registry on loopback as `verify/preflight/registry` meets them: with tokens, lists for platforms, and blobs elsewhere. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Document = Readonly<Record<string, unknown>>;

export interface FakeRegistry {
  /** `127.0.0.1:PORT`, the first part of a repository's name. */
  readonly host: string;
  /** What was asked for: `HEAD /v2/a/b/manifests/v1`. */
  readonly asked: string[];
  /** Adds an image and gives the digest of its list; `platforms` false leaves its one manifest. */
  push(tag: string | undefined, image: FakeImage): string;
  /** Digest of the manifest for one platform in the list that was pushed last. */
  lastPart(): string;
  /** Plays another answer for every question that holds the text. */
  broken: { question: string; answer: (response: ServerResponse) => void } | undefined;
  /** Leaves `Docker-Content-Digest` out of answers. */
  quiet: boolean;
  close(): void;
}

export interface FakeImage {
  readonly labels?: Document;
  readonly variables?: readonly string[];
  readonly annotations?: Document;
  readonly single?: boolean;
  /** Processors of the list; `amd64` alone by default. */
  readonly architectures?: readonly string[];
}

/** Most tags of an answer, however many are asked for. */
const TAGS_A_PAGE = 3;

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** Puts every image of a configuration there that names no tag but `release`, and gives the values that name them. */
export function configuredImages(registry: FakeRegistry, release: string): Record<string, string> {
  const tags = { app: release, nginx: "1.28", mongo: "8.0", redis: "8.2" };
  return Object.fromEntries(
    Object.entries(tags).flatMap(([role, tag]) => [
      [`mail.images.${role}.repository`, `${registry.host}/a/${role}`],
      [`mail.images.${role}.digest`, registry.push(tag, {})],
    ]),
  );
}

/** Starts one that has the repository of every name. */
export async function fakeRegistry(): Promise<FakeRegistry> {
  const store = new Map<string, { type: string; text: string }>();
  const tags = new Map<string, string>();
  const asked: string[] = [];
  let part = "";

  const keep = (type: string, document: Document): string => {
    const text = JSON.stringify(document);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    store.set(digest, { type, text });
    return digest;
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = decodeURIComponent(request.url ?? "");
    const question = `${request.method ?? ""} ${path}`;
    asked.push(question);
    const token = request.headers.authorization;
    if (registry.broken !== undefined && question.includes(registry.broken.question)) {
      registry.broken.answer(response);
      return;
    }
    const asks = new URL(path, "http://registry");
    if (asks.pathname === "/token") {
      const [service, scope] = [asks.searchParams.get("service"), asks.searchParams.get("scope")];
      response.end(JSON.stringify({ token: `${service ?? ""} ${scope ?? ""}` }));
      return;
    }
    const [, storage] = /^\/storage\/(.+)$/.exec(path) ?? [];
    if (storage !== undefined) {
      // A storage host refuses two ways of signing in at once.
      response.writeHead(token === undefined ? 200 : 400).end(store.get(storage)?.text);
      return;
    }
    const [, name = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^?]+)/.exec(path) ?? [];
    const scope = `repository:${name}:pull`;
    if (token !== `Bearer fake ${scope}`) {
      const challenge = `Bearer realm="http://${registry.host}/token",service="fake",scope="${scope}"`;
      response.writeHead(401, { "www-authenticate": challenge }).end("{}");
      return;
    }
    if (kind === "tags") {
      const all = [...tags.keys()].sort();
      const after = all.indexOf(asks.searchParams.get("last") ?? "") + 1;
      const page = all.slice(after, after + TAGS_A_PAGE);
      const next = `</v2/${name}/tags/list?n=${String(TAGS_A_PAGE)}&last=${page.at(-1) ?? ""}>; rel="next"`;
      if (after + TAGS_A_PAGE < all.length) response.setHeader("link", next);
      response.end(JSON.stringify({ name, tags: page }));
      return;
    }
    const digest = tags.get(reference) ?? reference;
    const found = store.get(digest);
    // A registry that holds a type that was not asked for answers as if it held nothing.
    if (found === undefined || (kind === "manifests" && !request.headers.accept?.includes(found.type))) {
      response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    } else if (kind === "blobs") {
      response.writeHead(307, { location: `/storage/${digest}` }).end();
    } else {
      if (!registry.quiet) response.setHeader("docker-content-digest", digest);
      response.setHeader("content-type", found.type);
      response.end(request.method === "HEAD" ? undefined : found.text);
    }
  };

  const server = createServer(answer);
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const registry: FakeRegistry = {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    push(tag, { labels, variables, annotations, single, architectures = ["amd64"] }) {
      const [architecture] = architectures;
      // Each push is another build.
      const config = keep("config", {
        ...{ created: store.size, architecture, os: "linux" },
        config: { Labels: labels, Env: variables },
      });
      part = keep(MANIFEST, { schemaVersion: 2, config: { digest: config } });
      const attestation = {
        digest: keep(MANIFEST, {}),
        platform: { os: "unknown", architecture: "unknown" },
      };
      const images = architectures.map((one) => ({
        digest: part,
        platform: { os: "linux", architecture: one },
        annotations,
      }));
      const digest =
        single === true ? part : keep(INDEX, { schemaVersion: 2, manifests: [attestation, ...images] });
      if (tag !== undefined) tags.set(tag, digest);
      return digest;
    },
    lastPart: () => part,
    broken: undefined,
    quiet: false,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return registry;
}
