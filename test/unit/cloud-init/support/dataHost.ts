/**
 * A host folder with a real XFS volume: a sparse file on a loop device, and mounts in a namespace of their own, which end with
 * the process that holds it.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { makeHostFolder, type HostFolder } from "../hostFolder.ts";

/** Smallest file system that mkfs.xfs makes, and some room. */
const VOLUME_MIB = 320;

function works(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Root, loop devices and the tools of XFS. */
export const hasVolumes =
  process.getuid?.() === 0 &&
  works("mkfs.xfs", "-V") &&
  works("xfs_io", "-V") &&
  works("unshare", "--mount", "true") &&
  works("losetup", "-f");

export interface DataHost extends HostFolder {
  device(): string;
  /** File of the volume. */
  image(): string;
  /** Runs a shell line where the mounts are. */
  shell(line: string): { readonly status: number | null; readonly said: string };
  /** Runs the script; after `killAfter` milliseconds its process group is killed. */
  data(
    args: readonly string[],
    killAfter?: number,
  ): { readonly status: number | null; readonly said: string };
  /** What the next server would see of the volume: what was not synced is lost, and what is mounted is let go of. */
  cutPower(): void;
  /** Writes the settings anew. */
  settings(changes: Readonly<Record<string, string>>): void;
  grow(mib: number): void;
  /** Another volume in its place, with nothing on it. */
  blank(): void;
  end(): void;
}

const SETTINGS = { DOMAIN: "example.com", SIZE_GB: "0", GENERATION: "3", DATABASES: "mongodb redis" };

/** Docker as far as it is asked: it notes what is stopped and started, and runs what is in `running`. */
const DOCKER = `
case "$1" in
ps) case "$*" in *--quiet*) exit 0 ;; esac
  cat "$root/running" 2>/dev/null || true ;;
stop) shift; printf 'stop %s\\n' "$*" >>"$root/calls"
  for name; do grep -vx "$name" "$root/running" >"$root/running.new"; mv "$root/running.new" "$root/running"; done ;;
start) printf 'start %s\\n' "$2" >>"$root/calls"; echo "$2" >>"$root/running" ;;
esac`;

/** Makes the volume and the namespace. @param others scripts that are there too */
export function makeDataHost(others: readonly string[] = []): DataHost {
  const host = makeHostFolder("", { env: "data.conf", scripts: ["data.sh", "queue-hold.sh", ...others] });
  const devices: string[] = [];
  const image = () => join(host.root, `volume-${String(devices.length)}.img`);
  const addVolume = (): void => {
    const file = join(host.root, `volume-${String(devices.length + 1)}.img`);
    writeFileSync(file, "");
    truncateSync(file, VOLUME_MIB * 1024 * 1024);
    devices.push(spawnSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).stdout.trim());
  };
  addVolume();
  let holder = hold();
  host.program("docker", DOCKER);
  host.program("systemctl", 'case "$*" in *is-active*) [ -e "$root/docker-runs" ] ;; esac');
  host.write("docker-runs", "");
  // Rules are not the test's: it notes that port 25 is closed to what leaves.
  host.program(
    "nft",
    'case "$*" in *--file*) grep -c "dport 25 reject" | sed "s/^/nft closes /" >>"$root/calls" ;; esac',
  );
  const env = {
    PATH: [join(host.root, "bin"), "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(delimiter),
    LC_ALL: "C",
  };
  const inside = (command: readonly string[]) => {
    const ended = spawnSync("nsenter", ["--target", holder.first, "--mount", "--pid", ...command], {
      encoding: "utf8",
      env,
      // Far beyond what any step takes: a loaded machine is no fault.
      timeout: 180_000,
    });
    return { status: ended.status, said: `${ended.stdout}${ended.stderr}` };
  };
  const script = join(host.root, "usr/local/lib/mailstead/data.sh");
  const it: DataHost = {
    ...host,
    device: () => devices.at(-1) ?? "",
    image,
    shell: (line) => inside(["bash", "--norc", "-c", `cd ${host.root} && ${line}`]),
    data: (args, killAfter) =>
      inside([
        ...(killAfter === undefined ? [] : ["timeout", "-s", "KILL", String(killAfter / 1000)]),
        script,
        ...args,
      ]),
    cutPower() {
      // To let go of a mount writes everything; the file system is stopped first, wherever it is mounted.
      const stop = `place=$(findmnt --noheadings --output TARGET --source ${it.device()} | head -n 1)
        [ -z "$place" ] || xfs_io -x -c shutdown "$place"`;
      const stopped = inside(["bash", "--norc", "-c", stop]);
      if (stopped.status !== 0) throw new Error(`the file system was not stopped: ${stopped.said}`);
      holder.end();
      holder = hold();
    },
    settings(changes) {
      const lines = Object.entries({ ...SETTINGS, DEVICE: it.device(), ...changes });
      host.write("etc/mailstead/data.conf", lines.map(([name, value]) => `${name}='${value}'\n`).join(""));
    },
    grow(mib) {
      truncateSync(image(), statSync(image()).size + mib * 1024 * 1024);
      spawnSync("losetup", ["--set-capacity", it.device()]);
    },
    blank() {
      it.cutPower();
      addVolume();
      it.settings({});
    },
    end() {
      holder.end();
      for (const device of devices) spawnSync("losetup", ["--detach", device]);
    },
  };
  it.settings({});
  return it;
}

interface Holder {
  /** Its first process, by the machine's numbers. */
  readonly first: string;
  /** Ends every process in it, and with them the mounts. */
  end(): void;
}

/** A machine's processes and mounts, which end with the one that holds them, or with this one. */
function hold(): Holder {
  const words = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child=KILL", "cat"];
  const holder = spawn("unshare", words, { stdio: ["pipe", "ignore", "ignore"] });
  const pid = String(holder.pid);
  const children = `/proc/${pid}/task/${pid}/children`;
  const deadline = Date.now() + 10_000;
  let first = "";
  while (first === "") {
    if (Date.now() > deadline) throw new Error("no namespace within 10 s");
    first = readFileSync(children, "utf8").trim();
  }
  return {
    first,
    end() {
      process.kill(Number(first), "SIGKILL");
      while (existsSync(`/proc/${first}`))
        if (Date.now() > deadline + 60_000) throw new Error("the namespace did not end");
    },
  };
}
