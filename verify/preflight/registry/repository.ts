/**
 * A repository at a registry, as everyone may read it.
 *
 * Sources: OCI distribution specification 1.1 (Pull: manifests, `Docker-Content-Digest`), and the token specification of
 * CNCF Distribution (`WWW-Authenticate: Bearer`), which ghcr.io and Docker Hub want also of who has no account.
 */
import { createHash } from "node:crypto";
import { request, RegistryError, type RegistryAnswer } from "./request.ts";

/** Manifests of one image, and lists of them for several platforms, in OCI's and in Docker's form. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const MAX_REDIRECTS = 3;

/** Tags that are asked for at once; a registry may give fewer. */
const TAGS_A_PAGE = 1000;
/** Most pages of tags that are read. */
const MOST_PAGES = 200;

/** A manifest, or a list of them. */
export interface FoundManifest {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Its JSON. */
  readonly document: unknown;
}

/** The registry's host and the path in it. Docker Hub's names are short (distribution/reference, familiar names). */
function locate(repository: string): { readonly base: string; readonly name: string } {
  const [first = "", ...rest] = repository.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const name = isHost ? rest.join("/") : repository;
  if (!isHost || ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(first)) {
    return { base: "https://registry-1.docker.io", name: name.includes("/") ? name : `library/${name}` };
  }
  // Docker takes registries on loopback without TLS, too.
  const isLocal = /^(127\.\d+\.\d+\.\d+|localhost)(:\d+)?$/.test(first);
  return { base: `${isLocal ? "http" : "https"}://${first}`, name };
}

/** One repository; a token is asked for once. */
export class Repository {
  readonly host: string;
  readonly #base: string;
  readonly #name: string;
  readonly #stop: AbortSignal | undefined;
  #token: string | undefined;

  /**
   * @param repository as a configuration names it: `mongo`, `ghcr.io/owner/name`.
   * @param stop gives all its questions up.
   */
  constructor(repository: string, stop?: AbortSignal) {
    const { base, name } = locate(repository);
    this.#base = base;
    this.#name = name;
    this.#stop = stop;
    this.host = new URL(base).host;
  }

  /**
   * The digest behind a tag, or the digest itself where it is there.
   *
   * @returns undefined where the repository has none.
   * @throws RegistryError where that cannot be told
   */
  async digestOf(reference: string): Promise<string | undefined> {
    const answer = await this.#ask(`manifests/${reference}`, "HEAD");
    if (answer === undefined) return undefined;
    // The header may be left out (OCI distribution specification 1.1, Pulling manifests).
    return digestIn(answer.headers) ?? (await this.manifest(reference))?.digest;
  }

  /** A manifest by tag or digest; undefined where there is none. @throws RegistryError */
  async manifest(reference: string): Promise<FoundManifest | undefined> {
    const answer = await this.#ask(`manifests/${reference}`, "GET");
    if (answer === undefined) return undefined;
    const digest = `sha256:${createHash("sha256").update(answer.body).digest("hex")}`;
    const wanted = digestIn(answer.headers) ?? digest;
    if (digest !== wanted)
      throw new RegistryError(`${this.host} answered with another manifest than it says`);
    return { digest, document: parsed(answer.body, this.host) };
  }

  /** The settings of an image (OCI image configuration) by their digest. @throws RegistryError */
  async settings(digest: string): Promise<unknown> {
    const answer = await this.#ask(`blobs/${digest}`, "GET");
    return answer === undefined ? undefined : parsed(answer.body, this.host);
  }

  /**
   * Every tag, in the registry's order (OCI distribution specification 1.1, Listing Tags).
   *
   * @returns undefined where there is no such repository.
   * @throws RegistryError
   */
  async tags(): Promise<readonly string[] | undefined> {
    const all: string[] = [];
    let path: string | undefined = `tags/list?n=${TAGS_A_PAGE}`;
    for (let page = 0; path !== undefined; page += 1) {
      if (page === MOST_PAGES) throw new RegistryError(`the list of tags at ${this.host} does not end`);
      const answer: RegistryAnswer | undefined = await this.#ask(path, "GET");
      if (answer === undefined) return undefined;
      const { tags } = parsed(answer.body, this.host) as { readonly tags?: unknown };
      if (Array.isArray(tags)) for (const tag of tags) if (typeof tag === "string") all.push(tag);
      path = nextPage(answer.headers["link"]);
    }
    return all;
  }

  async #ask(path: string, method: "GET" | "HEAD"): Promise<RegistryAnswer | undefined> {
    const url = new URL(`${this.#base}/v2/${this.#name}/${path}`);
    let answer = await this.#request(url, method);
    if (answer.status === 401 && this.#token === undefined) {
      this.#token = await this.#fetchToken(answer.headers["www-authenticate"] ?? "");
      answer = await this.#request(url, method);
    }
    answer = await followed(url, answer, this.#stop);
    if (answer.status === 404) return undefined;
    if (answer.status === 200) return answer;
    throw new RegistryError(refusal(this.host, answer.status));
  }

  #request(url: URL, method: "GET" | "HEAD"): Promise<RegistryAnswer> {
    const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    return request(url, { headers: { accept: MANIFESTS, ...authorization }, method, stop: this.#stop });
  }

  /** A token for everyone, from where the registry says. */
  async #fetchToken(challenge: string): Promise<string> {
    const realm = /^Bearer\s.*\brealm="([^"]+)"/i.exec(challenge)?.[1];
    const service = /\bservice="([^"]*)"/.exec(challenge)?.[1];
    if (realm === undefined || !URL.canParse(realm)) throw new RegistryError(refusal(this.host, 401));
    const url = new URL(realm);
    if (url.protocol !== "https:" && url.protocol !== new URL(this.#base).protocol)
      throw new RegistryError(`${this.host} sends for its tokens without TLS`);
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", `repository:${this.#name}:pull`);
    const { status, body } = await request(url, { stop: this.#stop });
    if (status !== 200) throw new RegistryError(refusal(url.host, status));
    const { token, access_token: other } = parsed(body, url.host) as Readonly<Record<string, unknown>>;
    const given = token ?? other;
    if (typeof given !== "string") throw new RegistryError(`${url.host} gave no token`);
    return given;
  }
}

/** What a registry keeps elsewhere; the token is for the registry alone. */
async function followed(
  url: URL,
  answer: RegistryAnswer,
  stop: AbortSignal | undefined,
): Promise<RegistryAnswer> {
  let [at, now] = [url, answer];
  for (let hops = 0; now.status >= 300 && now.status < 400 && hops < MAX_REDIRECTS; hops += 1) {
    const { location } = now.headers;
    if (location === undefined || !URL.canParse(location, at.href)) break;
    const next = new URL(location, at);
    if (next.protocol !== "https:" && next.protocol !== url.protocol) break;
    [at, now] = [next, await request(next, { stop })];
  }
  return now;
}

/** Where the next page of a list is, by its query alone: whatever host the registry names, it is asked where it is. */
function nextPage(link: string | string[] | undefined): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec([link ?? ""].flat().join(","))?.[1];
  const query = target === undefined ? "" : target.replace(/^[^?]*/, "");
  return query === "" ? undefined : `tags/list${query}`;
}

function digestIn(headers: RegistryAnswer["headers"]): string | undefined {
  const value = headers["docker-content-digest"];
  return typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value) ? value : undefined;
}

function parsed(body: Buffer, host: string): unknown {
  try {
    return JSON.parse(body.toString("utf8")) ?? {};
  } catch (cause) {
    throw new RegistryError(`${host} answered something else than JSON`, { cause });
  }
}

function refusal(host: string, status: number): string {
  if (status === 401 || status === 403) return `${host} shows it to nobody without a login (${status})`;
  if (status === 429) return `${host} has had enough questions for now (429)`;
  return `${host} answered ${status}`;
}
