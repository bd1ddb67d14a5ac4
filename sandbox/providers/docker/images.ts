/** Images at the daemon: looking, pulling, removing. */
import { z } from "zod";
import type { Known } from "../protocol/handler.ts";
import { registryLogins } from "./endpoint.ts";
import { DaemonError } from "./engineClient.ts";
import type { Engine } from "./engineClient.ts";
import { isImageId, parseImageReference } from "./imageReference.ts";

const imageAnswer = z.object({ Id: z.string(), RepoDigests: z.array(z.string()).nullish() });

/** An image on the host. */
export interface FoundImage {
  /** Config id: `sha256:…`. */
  readonly id: string;
  /** `registry/name@sha256:…`; empty for an image that no registry knows. */
  readonly repoDigest: string;
}

/** Looks for an image by id or reference. */
export async function findImage(engine: Engine, reference: string): Promise<FoundImage | undefined> {
  const answer = await engine.find(`/images/${reference}/json`);
  if (answer === undefined) return undefined;
  const { Id, RepoDigests } = imageAnswer.parse(answer);
  const { name } = parseImageReference(reference);
  const digests = RepoDigests ?? [];
  return { id: Id, repoDigest: digests.find((digest) => digest.startsWith(`${name}@`)) ?? digests[0] ?? "" };
}

/** Finds an image on the host, or pulls it. */
export async function ensureImage(engine: Engine, reference: string, config: Known): Promise<FoundImage> {
  const found = await findImage(engine, reference);
  if (found !== undefined) return found;
  if (isImageId(reference)) throw new Error(`Unable to find or pull image ${reference}`);
  await pullImage(engine, reference, config);
  const pulled = await findImage(engine, reference);
  if (pulled === undefined) throw new Error(`Unable to find or pull image ${reference}`);
  return pulled;
}

async function pullImage(engine: Engine, reference: string, config: Known): Promise<void> {
  const { name, tagOrDigest, registry } = parseImageReference(reference);
  const login = registryLogins(config).find(({ address }) => address === registry);
  const auth =
    login && Buffer.from(JSON.stringify({ ...login, serveraddress: registry })).toString("base64url");
  const answer = await engine.send("POST", "/images/create", {
    query: { fromImage: name, tag: tagOrDigest },
    headers: auth === undefined ? {} : { "x-registry-auth": auth },
  });
  const failure = failureIn(answer);
  if (failure !== undefined) throw new Error(`error pulling image ${reference}: ${failure}`);
}

/** The daemon answers 200 first and tells of failures in the stream of progress: one JSON object a line. */
function failureIn(answer: unknown): string | undefined {
  const lines = typeof answer === "string" ? answer.split("\n") : [JSON.stringify(answer)];
  for (const line of lines) {
    if (!line.includes('"error"')) continue;
    return (JSON.parse(line) as { error?: string }).error;
  }
  return undefined;
}

/** Removes an image; one that is gone is no error. */
export async function removeImage(engine: Engine, id: string, force: boolean): Promise<void> {
  try {
    await engine.send("DELETE", `/images/${id}`, { query: { force: `${force}` } });
  } catch (error) {
    if (!(error instanceof DaemonError) || error.status !== 404) throw error;
  }
}
