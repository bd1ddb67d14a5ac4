/**
 * A mail server stood up without the program: one order at the vendor, with a volume put on it, then commands over one SSH
 * connection.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type {
  PlannedContainer,
  PlannedHealthCheck,
  PlannedImage,
  PlannedRights,
} from "../stack/model/plan.ts";
import { shellQuote } from "../stack/values/shellQuote.ts";
import type { StateResource } from "./bareProgram.ts";
import { run, STACK, type Engine } from "./engine.ts";
import { ask, attach, deleteServers, deleteVolumes, until, type Machine, type Volume } from "./hetzner.ts";

const root = join(import.meta.dirname, "..");

/** What is placed, as a deployment of the program had it. */
export interface HandWork {
  /** The deployment's resources with secrets, each after those it depends on. */
  readonly resources: readonly StateResource[];
  readonly images: readonly PlannedImage[];
  readonly containers: readonly PlannedContainer[];
  /** Private key that the user-data lets in. */
  readonly keyFile: string;
  /** For the SSH connection's socket and known hosts. */
  readonly folder: string;
}

/** What the hand places: what the deployment that is up placed. */
export async function readHandWork(engine: Engine, folder: string): Promise<HandWork> {
  const printed = await run("node", "cli/mailstead.js", "render", "containers", "--json", "--stack", STACK);
  const { images, containers } = JSON.parse(printed) as {
    images: PlannedImage[];
    containers: PlannedContainer[];
  };
  const keyFile = join(folder, "deploy_key");
  cpSync(join(root, ".mailstead", STACK, "deploy_key"), keyFile);
  return { resources: await engine.state(), images, containers, keyFile, folder };
}

/** Name of all that the hand makes at the vendor. */
const NAME = "by-hand";

/** A text of an export; a secret one is the JSON of its value. Empty where there is none. */
function textOf(value: unknown): string {
  const secret = (value as { plaintext?: string } | undefined)?.plaintext;
  const text: unknown = secret === undefined ? value : JSON.parse(secret);
  return typeof text === "string" ? text : "";
}

/** Deletes what the hand made at the vendor, if anything is there. */
export async function deleteHandWork(): Promise<void> {
  await deleteServers(`name=${NAME}`);
  await deleteVolumes(`name=${NAME}`);
}

function inputsOf({ resources }: HandWork, wanted: string): Readonly<Record<string, unknown>> {
  return resources.find(({ type }) => type === wanted)?.inputs ?? {};
}

/** Orders the server with the program's own user-data, and waits until it runs. */
async function order(work: HandWork): Promise<Machine> {
  const inputs = inputsOf(work, "hcloud:index/server:Server");
  const { server } = await ask<{ server: Machine }>("POST", "/servers", {
    name: NAME,
    server_type: inputs["serverType"],
    image: inputs["image"],
    location: inputs["location"],
    user_data: textOf(inputs["userData"]),
  });
  return until("the server", async () => {
    const { server: now } = await ask<{ server: Machine }>("GET", `/servers/${server.id}`);
    return now.status === "running" ? now : undefined;
  });
}

/** Orders an empty volume of the deployment's size. */
async function orderVolume(work: HandWork): Promise<Volume> {
  const { size, location } = inputsOf(work, "hcloud:index/volume:Volume");
  return (await ask<{ volume: Volume }>("POST", "/volumes", { name: NAME, size, location })).volume;
}

/** Runs a command on the host; its connection is shared with those before. */
export type Shell = (command: string, input?: string) => Promise<void>;

export function shellOn(address: string, { keyFile, folder }: HandWork): Shell {
  const options = [
    "StrictHostKeyChecking=accept-new",
    `UserKnownHostsFile=${join(folder, `known_hosts_${address}`)}`,
    `ControlPath=${join(folder, "%C")}`,
    "ControlMaster=auto",
    "ControlPersist=60",
    "ConnectTimeout=5",
    "LogLevel=ERROR",
  ].flatMap((option) => ["-o", option]);
  return (command, input = "") =>
    new Promise((resolve, reject) => {
      const child = spawn("ssh", [...options, "-i", keyFile, `root@${address}`, command], {
        stdio: ["pipe", "ignore", "pipe"],
      });
      let complaint = "";
      child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0) resolve();
        else
          reject(new Error(`${command.slice(0, 80)} ended with ${String(code)}: ${complaint.slice(-1000)}`));
      });
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
}

function healthFlags(check: PlannedHealthCheck | undefined): string[] {
  if (check === undefined) return ["--no-healthcheck"];
  const [kind, ...words] = check.test;
  const command = kind === "CMD" ? words.map(shellQuote).join(" ") : words.join(" ");
  return [
    ...["--health-cmd", shellQuote(command), "--health-retries", String(check.retries)],
    ...["--health-interval", `${check.intervalSeconds}s`, "--health-timeout", `${check.timeoutSeconds}s`],
    ...["--health-start-period", `${check.startPeriodSeconds}s`],
    ...["--health-start-interval", `${check.startIntervalSeconds}s`],
  ];
}

function rightFlags({ user, capabilities, noNewPrivileges }: PlannedRights): string[] {
  return [
    ...["--user", user, "--cap-drop", "ALL"],
    ...capabilities.flatMap((capability) => ["--cap-add", capability]),
    ...(noNewPrivileges ? ["--security-opt", "no-new-privileges"] : []),
  ];
}

function runLine(container: PlannedContainer, image: string): string {
  return [
    ...["docker run --detach --network host --restart unless-stopped --name", container.name],
    ...rightFlags(container.rights),
    ...(container.hostname === undefined ? [] : ["--hostname", container.hostname]),
    ...Object.entries(container.environment).flatMap(([name, value]) => [
      "--env",
      shellQuote(`${name}=${value}`),
    ]),
    ...container.mounts.flatMap(({ hostPath, containerPath, readOnly }) => [
      "--volume",
      shellQuote(`${hostPath}:${containerPath}${readOnly ? ":ro" : ""}`),
    ]),
    ...Object.entries(container.hosts).flatMap(([name, address]) => ["--add-host", `${name}:${address}`]),
    ...healthFlags(container.healthCheck),
    image,
    ...container.command.map(shellQuote),
  ].join(" ");
}

/** Waits on the host itself, as a shell loop does. */
function waitLine({ name, healthCheck }: PlannedContainer): string {
  const wanted = healthCheck === undefined ? "running" : "healthy";
  const field = healthCheck === undefined ? "{{.State.Status}}" : "{{.State.Health.Status}}";
  return `timeout 300 sh -c 'until [ "$(docker inspect --format "${field}" ${name})" = ${wanted} ]; do sleep 0.2; done'`;
}

/** Starts every container as soon as those before it are healthy, and waits for all. @param lineOf what starts one */
export async function startAll(
  { containers }: HandWork,
  shell: Shell,
  lineOf: (container: PlannedContainer) => string,
): Promise<void> {
  const started = new Map<string, Promise<void>>();
  const start = (name: string): Promise<void> => {
    const container = containers.find((one) => one.name === name);
    if (container === undefined) throw new Error(`no container ${name}`);
    const known = started.get(name);
    if (known !== undefined) return known;
    const before = Promise.all(container.startsAfter.map(start));
    const all = before.then(() => shell(`${lineOf(container)} && ${waitLine(container)}`));
    started.set(name, all);
    return all;
  };
  await Promise.all(containers.map(({ name }) => start(name)));
}

/** Commands on the host, in the order of the state: those before the first container, and those after the last. */
function listCommands({
  resources,
}: HandWork): Readonly<Record<"before" | "after", readonly StateResource[]>> {
  const last = resources.findLastIndex(({ type }) => type === "docker:index/container:Container");
  const isCommand = ({ type }: StateResource): boolean => type === "command:remote:Command";
  return {
    before: resources.slice(0, last).filter(isCommand),
    after: resources.slice(last).filter(isCommand),
  };
}

/** What the mail is on, by hand. */
export interface HandVolume {
  /** One that is there; without it a new one is ordered. */
  readonly volume?: Volume;
  /** The hand's script that fills a new one, before anything else is done with it. */
  readonly fill?: string;
}

/** The step of the deployment that mounts the volume. */
const MOUNT = "::step-data";

/** From the order to the last healthy container, and what is done in them then, such as the onboarding. */
export async function standUp(work: HandWork, { volume: given, fill }: HandVolume = {}): Promise<void> {
  const [server, volume] = await Promise.all([order(work), given ?? orderVolume(work)]);
  await attach(volume, server.id);
  const address = server.public_net.ipv4.ip;
  // Of its own: the next server may have the same address, and has another host key.
  const shell = shellOn(address, { ...work, folder: mkdtempSync(join(work.folder, "ssh-")) });
  await until("SSH", () =>
    shell("true").then(
      () => true,
      () => undefined,
    ),
  );
  const device = deviceOf(work);
  const commands = listCommands(work);
  const all = async (resources: readonly StateResource[]): Promise<void> => {
    for (const { urn, inputs = {} } of resources) {
      if (fill !== undefined && urn.endsWith(MOUNT)) await shell("bash -s", fill);
      const input = textOf(inputs["stdin"]).replaceAll(device, volume.linux_device);
      await shell(textOf(inputs["create"]), input);
    }
  };
  // The first waits for the end of the boot; files and the certificate follow.
  await all(commands.before);
  await Promise.all(work.images.map(({ reference }) => shell(`docker pull --quiet ${reference}`)));
  const references = new Map(work.images.map(({ role, reference }) => [role, reference]));
  await startAll(work, shell, (container) => runLine(container, references.get(container.image) ?? ""));
  await all(commands.after);
}

/** Path of the deployment's volume on its host. */
function deviceOf({ resources }: HandWork): string {
  const volume = resources.find(({ type }) => type === "hcloud:index/volume:Volume");
  const device = volume?.outputs?.["linuxDevice"];
  if (typeof device !== "string") throw new Error("the deployment has no volume");
  return device;
}
