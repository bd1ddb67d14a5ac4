/** A mail server stood up without the program: one order at the vendor, then commands over one SSH connection. */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type {
  PlannedContainer,
  PlannedHealthCheck,
  PlannedImage,
  PlannedRights,
} from "../stack/model/plan.ts";
import type { StateResource } from "./bareProgram.ts";
import { shellQuote } from "../stack/values/shellQuote.ts";

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

const API = "https://api.hetzner.cloud/v1";
const NAME = "by-hand";

interface Machine {
  readonly id: number;
  readonly status: string;
  readonly public_net: { readonly ipv4: { readonly ip: string } };
}

async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const headers = {
    authorization: `Bearer ${process.env["HCLOUD_TOKEN"] ?? ""}`,
    "content-type": "application/json",
  };
  const answer = await fetch(`${API}${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Body;
}

/** A text of an export; a secret one is the JSON of its value. Empty where there is none. */
function textOf(value: unknown): string {
  const secret = (value as { plaintext?: string } | undefined)?.plaintext;
  const text: unknown = secret === undefined ? value : JSON.parse(secret);
  return typeof text === "string" ? text : "";
}

/** Waits for an answer, asked every half second, for ten minutes. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 600_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ten minutes for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function servers(): Promise<readonly Machine[]> {
  return (await ask<{ servers: readonly Machine[] }>("GET", `/servers?name=${NAME}`)).servers;
}

/** Deletes the hand's server, if there is one, and waits until its name is free. */
export async function deleteServer(): Promise<void> {
  for (const { id } of await servers()) await ask("DELETE", `/servers/${id}`);
  await until("the server to be gone", async () => ((await servers()).length === 0 ? true : undefined));
}

/** Orders the server with the program's own user-data, and waits until it runs. */
async function order({ resources }: HandWork): Promise<string> {
  const inputs = resources.find(({ type }) => type === "hcloud:index/server:Server")?.inputs ?? {};
  const { server } = await ask<{ server: Machine }>("POST", "/servers", {
    name: NAME,
    server_type: inputs["serverType"],
    image: inputs["image"],
    location: inputs["location"],
    user_data: textOf(inputs["userData"]),
  });
  return until("the server", async () => {
    const { server: now } = await ask<{ server: Machine }>("GET", `/servers/${server.id}`);
    return now.status === "running" ? now.public_net.ipv4.ip : undefined;
  });
}

/** Runs a command on the host; its connection is shared with those before. */
type Shell = (command: string, input?: string) => Promise<void>;

function shellOn(address: string, { keyFile, folder }: HandWork): Shell {
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

async function startAll({ containers, images }: HandWork, shell: Shell): Promise<void> {
  const references = new Map(images.map(({ role, reference }) => [role, reference]));
  const started = new Map<string, Promise<void>>();
  const start = (name: string): Promise<void> => {
    const container = containers.find((one) => one.name === name);
    if (container === undefined) throw new Error(`no container ${name}`);
    const known = started.get(name);
    if (known !== undefined) return known;
    const before = Promise.all(container.startsAfter.map(start));
    const image = references.get(container.image) ?? "";
    const all = before.then(() => shell(`${runLine(container, image)} && ${waitLine(container)}`));
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

/** From the order to the last healthy container, and what is done in them then, such as the onboarding. */
export async function standUp(work: HandWork): Promise<void> {
  const address = await order(work);
  // Of its own: the next server may have the same address, and has another host key.
  const shell = shellOn(address, { ...work, folder: mkdtempSync(join(work.folder, "ssh-")) });
  await until("SSH", () =>
    shell("true").then(
      () => true,
      () => undefined,
    ),
  );
  const commands = listCommands(work);
  const run = async (all: readonly StateResource[]): Promise<void> => {
    for (const { inputs = {} } of all) await shell(textOf(inputs["create"]), textOf(inputs["stdin"]));
  };
  // The first waits for the end of the boot; files and the certificate follow.
  await run(commands.before);
  await Promise.all(work.images.map(({ reference }) => shell(`docker pull --quiet ${reference}`)));
  await startAll(work, shell);
  await run(commands.after);
}
