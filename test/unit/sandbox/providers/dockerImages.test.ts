/**
 * Proves: the docker stand-in pulls, looks again and removes images as the real plugin's source does it
 * (terraform-provider-docker, resource_docker_image_funcs.go), with its words: what the daemon says in the stream of
 * progress is lost, a change of any kind looks for the image again, and a removal goes by name, over a connection that
 * is made also where the image is kept. The daemon is a small server on loopback. Cannot prove a daemon's own words.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { remoteImage } from "../../../../sandbox/providers/docker/remoteImage.ts";
import type { CallContext, Known } from "../../../../sandbox/providers/protocol/handler.ts";

const NAME = `ghcr.io/a/b:v1@sha256:${"a".repeat(64)}`;
const ID = `sha256:${"1".repeat(64)}`;

let daemon: Server;
let asked: string[];
let held: boolean;
/** What a pull is answered with, and whether the image is there afterwards. */
let pull: { status: number; body: string; works: boolean };
let removal: { status: number; body: string };

beforeEach(async () => {
  asked = [];
  held = false;
  pull = { status: 200, body: '{"status":"Pulling"}\n', works: true };
  removal = { status: 200, body: "[]" };
  daemon = createServer((request, response) => {
    const path = (request.url ?? "").replace(/^\/v[\d.]+/, "");
    if (path !== "/_ping") asked.push(`${request.method ?? ""} ${decodeURIComponent(path)}`);
    const answer = (status: number, body: string): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    };
    if (path === "/_ping") response.setHeader("api-version", "1.45").end("OK");
    else if (path.startsWith("/images/create")) {
      held = pull.works;
      answer(pull.status, pull.body);
    } else if (request.method === "DELETE") answer(removal.status, removal.body);
    else if (held) answer(200, JSON.stringify({ Id: ID, RepoDigests: [NAME.replace(":v1@", "@")] }));
    else answer(404, '{"message":"No such image"}');
  });
  await new Promise<void>((done) => void daemon.listen(0, "127.0.0.1", done));
});

afterEach(() => {
  daemon.closeAllConnections();
  daemon.close();
});

function context(): CallContext {
  return {
    startedBy: { environment: process.env, folder: process.cwd() },
    preview: false,
    config: { host: `tcp://127.0.0.1:${String((daemon.address() as AddressInfo).port)}` },
    urn: "urn:pulumi:dev::p::docker:index/remoteImage:RemoteImage::image-app",
    timeoutSeconds: 20,
    signal: AbortSignal.timeout(20_000),
    log: () => undefined,
  };
}

const PULL = `POST /images/create?fromImage=ghcr.io/a/b&tag=sha256:${"a".repeat(64)}`;
const LOOK = `GET /images/${NAME}/json`;

function create(inputs: Known = { name: NAME }): Promise<unknown> {
  return remoteImage.create(inputs, context());
}

test("an image that is not on the host is pulled, by its digest", async () => {
  expect(await create()).toMatchObject({ id: `${ID}${NAME}`, outputs: { imageId: ID } });
  expect(asked).toEqual([LOOK, PULL, LOOK]);
});

test("a digest that the registry does not have is told with the daemon's words", async () => {
  const message = `manifest for ${NAME} not found: manifest unknown: manifest unknown`;
  pull = { status: 404, body: JSON.stringify({ message }), works: false };
  await expect(create()).rejects.toThrow(
    `Unable to read Docker image into resource: unable to pull image ${NAME}: error pulling image ${NAME}: ` +
      `Error response from daemon: ${message}`,
  );
});

test("what the daemon says once the pull has begun is lost", async () => {
  const said = '{"status":"Downloading"}\n{"error":"write /var/lib/docker/tmp/x: no space left on device"}\n';
  pull = { status: 200, body: said, works: false };
  await expect(create()).rejects.toThrow(
    new Error(`Unable to read Docker image into resource: unable to find or pull image ${NAME}`),
  );
});

test("a change that is no replacement looks for the image, and pulls it where it is gone", async () => {
  const olds = { inputs: { name: NAME }, outputs: { name: NAME, imageId: "sha256:0", repoDigest: "" } };
  const news = { name: NAME, keepLocally: true };
  expect(await remoteImage.update(`${ID}${NAME}`, olds, news, context())).toMatchObject({ imageId: ID });
  expect(asked).toEqual([LOOK, PULL, LOOK]);
});

test("an image that stays is not removed, and the host is reached for all the same", async () => {
  const outputs = { name: NAME, imageId: ID, keepLocally: true };
  await remoteImage.delete(`${ID}${NAME}`, { inputs: {}, outputs }, context());
  expect(asked).toEqual([]);
  const gone = context();
  daemon.closeAllConnections();
  await new Promise((done) => daemon.close(done));
  await expect(remoteImage.delete(`${ID}${NAME}`, { inputs: {}, outputs }, gone)).rejects.toThrow(
    "failed to create Docker client",
  );
});

test("an image that goes is removed by its name; one in use is an error", async () => {
  const outputs = { name: NAME, imageId: ID };
  const olds = { inputs: {}, outputs };
  await remoteImage.delete(`${ID}${NAME}`, olds, context());
  expect(asked).toEqual([`DELETE /images/${NAME}?force=false`]);
  removal = { status: 409, body: '{"message":"conflict: unable to delete (cannot be forced)"}' };
  await expect(remoteImage.delete(`${ID}${NAME}`, olds, context())).rejects.toThrow(
    "Unable to remove Docker image: Error response from daemon: conflict: unable to delete",
  );
});
