/**
 * Long-lived servers of the sandbox as data: started on its network, each in a cgroup of its own, with a log and a
 * pid file. Any later process can ask after them or end them, also when the one that started them has crashed.
 */

import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { namespaceFile, paths } from "../groundPlan.ts";
import { isPopulated, killGroup, removeGroup, serviceGroup } from "./cgroup.ts";
import { waitUntil } from "./waitUntil.ts";

/** A server that stays. It must not put itself in the background. */
export interface Service {
  /** Safe as a file name; names the log, the pid file and the cgroup. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment. Secrets are passed by file, not here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** True when it does its work. A throw counts as "not yet". */
  readonly ready: () => Promise<boolean>;
  readonly readyTimeoutSeconds: number;
}

/** What `status` shows. */
export type ServiceState = "ready" | "running, not ready" | "stopped";

/** Log file of a service. */
export function logFile(name: string): string {
  return join(paths.logsDir, `${name}.log`);
}

/**
 * Starts the service where it does not run, and resolves when it is ready.
 *
 * @returns true when it was started, false when it ran already.
 * @throws {Error} with the end of its log, when it ended or did not get ready in time.
 */
export async function startService(service: Service): Promise<boolean> {
  const group = await serviceGroup(service.name);
  await mkdir(group, { recursive: true });
  const wasRunning = await isPopulated(group);
  if (!wasRunning) await launch(service, group);
  try {
    await waitUntil(service.ready, {
      what: `${service.name} to be ready`,
      timeoutSeconds: service.readyTimeoutSeconds,
      giveUp: async () => ((await isPopulated(group)) ? undefined : "it ended"),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${service.name}: ${reason}\n${await logTail(service.name)}`, { cause: error });
  }
  return !wasRunning;
}

/** Asks the service to end, and kills what is left of it after the limit. */
export async function stopService(name: string, timeoutSeconds = 5): Promise<void> {
  const group = await serviceGroup(name);
  const pid = await readPid(name, group);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    await waitUntil(async () => !(await isPopulated(group)), {
      what: `${name} to end`,
      timeoutSeconds,
    }).catch(() => undefined);
  }
  await killGroup(group);
  await removeGroup(group);
  await rm(join(paths.pidsDir, name), { force: true });
}

/** Looks, changes nothing. */
export async function serviceState(service: Service): Promise<ServiceState> {
  if (!(await isPopulated(await serviceGroup(service.name)))) return "stopped";
  const ready = await service.ready().catch(() => false);
  return ready ? "ready" : "running, not ready";
}

async function launch(service: Service, group: string): Promise<void> {
  await mkdir(paths.logsDir, { recursive: true });
  await mkdir(paths.pidsDir, { recursive: true });
  const log = await open(logFile(service.name), "a");
  try {
    // The shell joins the group before the program exists, so no child can ever be outside of it.
    const enter = `echo $$ > ${group}/cgroup.procs && exec nsenter --net=${namespaceFile} -- "$@"`;
    const child = spawn("sh", ["-c", enter, service.name, service.command, ...service.args], {
      cwd: service.cwd ?? "/",
      env: { ...process.env, ...service.env },
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const pid = await new Promise<number>((done, failed) => {
      child.once("error", failed);
      child.once("spawn", () => {
        done(child.pid ?? 0);
      });
    });
    child.unref();
    await writeFile(join(paths.pidsDir, service.name), `${pid}\n`);
    await waitUntil(async () => child.exitCode !== null || (await isPopulated(group)), {
      what: `the process of ${service.name}`,
      timeoutSeconds: 5,
      everyMilliseconds: 10,
    });
  } finally {
    await log.close();
  }
}

/** The id in the pid file, unless it is left from a process that is gone (ids are used again). */
async function readPid(name: string, group: string): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(join(paths.pidsDir, name), "utf8"));
    const members = (await readFile(join(group, "cgroup.procs"), "utf8")).split("\n").map(Number);
    return pid > 0 && members.includes(pid) ? pid : undefined;
  } catch (error) {
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

async function logTail(name: string): Promise<string> {
  const text = await readFile(logFile(name), "utf8").catch(() => "");
  return text.trim().split("\n").slice(-15).join("\n");
}
