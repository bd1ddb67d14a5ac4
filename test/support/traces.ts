/**
 * What of a sandbox is on this machine, looked up without the sandbox's own code, which is what is being tried.
 */
import { existsSync, globSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** Which sandbox is meant: there may be others on this machine. */
export interface SandboxAt {
  /** Root of its checkout. */
  readonly folder: string;
  /** What its network namespace and its control groups are named after. */
  readonly name: string;
}

const homeOf = ({ folder }: SandboxAt): string => join(folder, ".sandbox");
/** Of the sandbox's stack alone: others beside it are people's own. */
const keysOf = ({ folder }: SandboxAt): string => join(folder, ".mailstead/dev");
const networkOf = ({ name }: SandboxAt): string => `/run/netns/${name}`;

export interface Traces {
  /** `PID PROGRAM` of all that are in a group of the sandbox, on its network, or hold a file of its folder. */
  readonly processes: readonly string[];
  /** Lines of mountinfo (proc_pid_mountinfo(5)) that name its folder. */
  readonly mounts: readonly string[];
  /** Loop devices of files in its folder. */
  readonly loops: readonly string[];
  /** The namespace's file. */
  readonly network: readonly string[];
  /** Control groups, in all hierarchies. */
  readonly groups: readonly string[];
  /** What is in its folder, the cache apart, and what the program keeps for `ssh` to its server. */
  readonly files: readonly string[];
}

export const NOTHING: Traces = { processes: [], mounts: [], loops: [], network: [], groups: [], files: [] };

/** Number of the network namespace, to look for its processes when its name is gone; undefined where there is none. */
export function networkNumber(of: SandboxAt): number | undefined {
  const network = networkOf(of);
  return existsSync(network) ? statSync(network).ino : undefined;
}

/** @param network Its number while it was there. */
export function traces(of: SandboxAt, network: number | undefined): Traces {
  const [home, named] = [homeOf(of), networkOf(of)];
  return {
    processes: processes(of, network),
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(`${home}/`)),
    loops: globSync("/sys/block/loop*/loop/backing_file").filter((file) => read(file).startsWith(`${home}/`)),
    network: existsSync(named) ? [named] : [],
    groups: globSync(`/sys/fs/cgroup/**/${of.name}.*`),
    files: [...list(home).filter((name) => name !== "cache"), ...list(keysOf(of)).sort()],
  };
}

function processes(of: SandboxAt, network: number | undefined): string[] {
  return processIds()
    .filter((id) => isOfSandbox(id, of, network))
    .map((id) => `${id} ${read(`/proc/${id}/comm`).trim()}`);
}

function processIds(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

/** The oldest process of each control group of the sandbox: what a service or a host was started with. */
export function mainProcesses({ name }: SandboxAt): Record<string, number> {
  const oldest: Record<string, { id: number; started: number }> = {};
  for (const id of processIds().map(Number)) {
    const group = groupOf(read(`/proc/${id}/cgroup`), name);
    // By its time: ids begin again from below where the last one was given.
    const started = startedAt(id);
    if (group !== undefined && started < (oldest[group]?.started ?? Infinity))
      oldest[group] = { id, started };
  }
  return Object.fromEntries(Object.entries(oldest).map(([group, { id }]) => [group, id]));
}

/** Clock ticks from boot to its start; NaN of a process that is gone. */
function startedAt(id: number): number {
  const STARTTIME = 22;
  return Number(fieldsAfterName(id)[STARTTIME - 3]);
}

/** Fields of proc_pid_stat(5) from the third on: the second, the name, may hold anything. */
function fieldsAfterName(id: number | string): readonly string[] {
  const stat = read(`/proc/${id}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** @param text proc_pid_cgroup(5) */
function groupOf(text: string, name: string): string | undefined {
  const from = text.indexOf(`/${name}.`);
  return from === -1 ? undefined : /^\/[^/\n]+\/[^/\n]+/.exec(text.slice(from))?.[0];
}

/** A process that ends while it is looked at is none, nor is one that has ended and that init has yet to collect. */
function isOfSandbox(id: string, of: SandboxAt, network: number | undefined): boolean {
  const folder = `/proc/${id}`;
  if (isLeftToInit(id)) return false;
  const held = ["cwd", "root", "exe", ...list(`${folder}/fd`).map((name) => `fd/${name}`)];
  return (
    read(`${folder}/cgroup`).includes(`/${of.name}.`) ||
    (network !== undefined && link(`${folder}/ns/net`) === `net:[${network}]`) ||
    held.some((name) => link(join(folder, name)).startsWith(`${homeOf(of)}/run/`))
  );
}

function isLeftToInit(id: string): boolean {
  const [state, parent] = fieldsAfterName(id);
  return state === "Z" && parent === "1";
}

const read = (path: string): string => orNothing(() => readFileSync(path, "utf8"), "");
const link = (path: string): string => orNothing(() => readlinkSync(path), "");
const list = (path: string): string[] => orNothing(() => readdirSync(path), []);

function orNothing<T>(look: () => T, nothing: T): T {
  try {
    return look();
  } catch (error) {
    // What root may not look at was there before the sandbox, which is root's.
    if (
      ["ENOENT", "ESRCH", "EINVAL", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")
    )
      return nothing;
    throw error;
  }
}
