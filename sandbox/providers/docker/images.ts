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

/**
 * Finds an image on the host, or pulls it. The errors are in the words of the real plugin (terraform-provider-docker,
 * findImage and pullImage); Docker's own words stand behind them only where the daemon refused at once.
 */
export async function ensureImage(engine: Engine, reference: string, config: Known): Promise<FoundImage> {
  const found = await findImage(engine, reference);
  if (found !== undefined) return found;
  if (!isImageId(reference)) await pullImage(engine, reference, config);
  const pulled = await findImage(engine, reference);
  if (pulled === undefined) throw new Error(`unable to find or pull image ${reference}`);
  return pulled;
}

/**
 * Asks the daemon to pull. Once it has begun, the daemon tells of failures (a full disk, a connection that broke) in the
 * stream of progress alone; the real plugin reads that to its end and writes it to a debug log, so they end as an image
 * that is not there.
 */
async function pullImage(engine: Engine, reference: string, config: Known): Promise<void> {
  const { name, tagOrDigest, registry } = parseImageReference(reference);
  const login = registryLogins(config).find(({ address }) => address === registry);
  const auth =
    login && Buffer.from(JSON.stringify({ ...login, serveraddress: registry })).toString("base64url");
  try {
    await engine.send("POST", "/images/create", {
      query: { fromImage: name, tag: tagOrDigest },
      headers: auth === undefined ? {} : { "x-registry-auth": auth },
    });
  } catch (error) {
    const reason = `error pulling image ${reference}: ${reasonOf(error)}`;
    throw new Error(`unable to pull image ${reference}: ${reason}`, { cause: error });
  }
}

/** Removes an image by its name, as the real plugin does: its other names keep it. One that is gone is no error. */
export async function removeImage(engine: Engine, name: string, force: boolean): Promise<void> {
  try {
    await engine.send("DELETE", `/images/${name}`, { query: { force: `${force}` } });
  } catch (error) {
    if (error instanceof DaemonError && error.status === 404) return;
    throw new Error(`Unable to remove Docker image: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
