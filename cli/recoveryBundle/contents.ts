/** What is in a bundle, without a secret, and what is needed beside it. */
import { createHash } from "node:crypto";
import { isMarker } from "../../stack/model/markers.ts";
import { readDeployed } from "../../stack/guards/deployed.ts";
import { CLOUDS, DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import { outputsIn } from "../engine.ts";
import { CommandError } from "../output/terminal.ts";
import { planOf, readValuesOf } from "../project.ts";
import { nameOfUrn } from "../../verify/state/resources.ts";
import { secretsByPlace } from "./configuration.ts";
import type { RecoveryBundle } from "./format.ts";
import { resourcesOf, slotsOf } from "./plainValues.ts";

/** What `bundle show` tells. */
export interface Contents {
  readonly stack: string;
  readonly project: string;
  readonly domain: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Of the server; absent before the first `up`. */
  readonly generation?: number;
  readonly versions: Readonly<Record<string, string>>;
  /** How many resources the state has, and the logical names of its keys and generated secrets. */
  readonly resources: number;
  readonly keys: readonly string[];
  /** Places of the configuration's secrets. */
  readonly secrets: readonly string[];
  /** Operations of the engine that never ended, such as `creating server`. */
  readonly pending: readonly string[];
  /** To compare by: SHA-256 of the whole state and of the configuration's text, and the host key as `ssh` shows it. */
  readonly digests: Readonly<Record<string, string>>;
  /** Variables of the vendors' tokens that it does not have; undefined where the configuration does not tell the vendors. */
  readonly missingTokens: readonly string[] | undefined;
}

function sha256(text: string | Buffer, as: "hex" | "base64" = "hex"): string {
  return createHash("sha256").update(text).digest(as);
}

/** Fingerprint of a key as `ssh-keygen -l` writes it. */
function sshFingerprint(line: string): string {
  const [, key = ""] = line.split(" ");
  return `SHA256:${sha256(Buffer.from(key, "base64"), "base64").replace(/=+$/, "")}`;
}

function digestsOf(bundle: RecoveryBundle): Record<string, string> {
  const { hostPublicKey } = slotsOf(bundle.state) ?? {};
  return {
    state: sha256(JSON.stringify(bundle.state)),
    configuration: sha256(bundle.configuration.text),
    ...(hostPublicKey === undefined ? {} : { hostKey: sshFingerprint(hostPublicKey) }),
  };
}

function findMissingTokens(
  bundle: RecoveryBundle,
  given: Readonly<Record<string, string>>,
): string[] | undefined {
  try {
    const file = `Pulumi.${bundle.stack}.yaml`;
    const { server, dns } = planOf(bundle.stack, file, Buffer.from(bundle.configuration.text)).config;
    const places = [CLOUDS[server.provider].token, DNS_PROVIDERS[dns.provider].token];
    return [...new Set(places.filter(({ key }) => !(key in given)).map(({ variables }) => variables[0]))];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return undefined;
  }
}

/** Reads it off a bundle. */
export function contentsOf(bundle: RecoveryBundle): Contents {
  const { stack, project, created, versions, configuration, state } = bundle;
  const resources = resourcesOf(state);
  const given = readValuesOf(`Pulumi.${stack}.yaml`, Buffer.from(configuration.text));
  const deployed = readDeployed(outputsIn(resources), resources);
  const keys = resources
    .filter(({ type }) => /^(tls|random):/.test(type))
    .map(({ urn }) => nameOfUrn(urn))
    .filter((name) => !isMarker(name))
    .sort();
  return {
    ...{ stack, project, created, versions, keys, resources: resources.length },
    domain: given["mailstead:domain"] ?? deployed.domain ?? "?",
    ...(deployed.generation === undefined ? {} : { generation: deployed.generation }),
    secrets: Object.keys(secretsByPlace(configuration)),
    pending: (state.deployment.pending_operations ?? []).map(
      ({ type, resource }) => `${type} ${nameOfUrn(resource.urn)}`,
    ),
    digests: digestsOf(bundle),
    missingTokens: findMissingTokens(bundle, given),
  };
}

/** `2 of them: a, b`; nothing where there is none. */
function counted(names: readonly string[]): string {
  return names.length === 0 ? "none" : `${String(names.length)}: ${names.join(", ")}`;
}

/** What a restore needs beside the bundle. */
function listNeeds({ versions: { mailstead = "?" }, missingTokens }: Contents): string[] {
  return [
    `this repository (Mailstead ${mailstead}), with Node, pulumi, ssh and docker`,
    "what opens the bundle, and a new passphrase for the stack",
    ...describeMissing(missingTokens),
  ];
}

/** Tokens to be given anew. */
export function describeMissing(tokens: Contents["missingTokens"]): string[] {
  return tokens === undefined
    ? ["the tokens of the vendors"]
    : tokens.map((name) => `${name}, which is no part of it`);
}

/** For people, a line each. */
export function describeContents(contents: Contents): string {
  const { versions, digests } = contents;
  return [
    `stack ${contents.stack} of ${contents.domain} (project ${contents.project}), ${contents.created}`,
    `generation: ${String(contents.generation ?? "none yet")}`,
    `state: ${String(contents.resources)} resources`,
    `keys and generated secrets: ${counted(contents.keys)}`,
    `secrets of the configuration: ${counted(contents.secrets)}`,
    ...(contents.pending.length === 0 ? [] : [`never ended: ${contents.pending.join(", ")}`]),
    `versions: ${Object.entries(versions)
      .map(([what, version]) => `${what} ${version}`)
      .join(", ")}`,
    ...Object.entries(digests).map(([what, digest]) => `digest of ${what}: ${digest}`),
    "needed beside it:",
    ...listNeeds(contents).map((need) => `  ${need}`),
  ].join("\n");
}
