/** A network namespace of a test's own for trial hosts: a bridge, an archive, and a way to reach in. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bridgeMac } from "../../sandbox/groundPlan.ts";
import { run as runProgram } from "../../sandbox/process/command.ts";

export interface HostsGround {
  readonly namespace: string;
  readonly bridge: string;
  readonly runDir: string;
  readonly caFile: string;
  /** Private host key of the trial host, OpenSSH form. */
  readonly hostKey: string;
  readonly hostPublicKey: string;
  readonly clientPublicKey: string;
  /** Runs a program in the namespace. */
  run(file: string, args: readonly string[], input?: string, timeoutSeconds?: number): Promise<string>;
  /** Runs a command line as root on a host whose key is pinned. */
  ssh(address: string, command: string, timeoutSeconds?: number): Promise<string>;
  clear(): Promise<void>;
}

/** Serves the archive on port 80; answers on port 25 too, to be reached or not. */
export const MIRROR = "203.0.113.5";
export const ROUTER_V6 = "2001:db8:203::1";

/** Makes the namespace (its name must be free) with the folder of a sandbox below `parent`. */
export async function makeHostsGround(namespace: string, parent: string): Promise<HostsGround> {
  await mkdir(parent, { recursive: true });
  const runDir = await mkdtemp(join(parent, `${namespace}-`));
  const bridge = "br-trial";
  const enter = `--net=/run/netns/${namespace}`;
  const run: HostsGround["run"] = async (file, args, input, timeoutSeconds) =>
    await runProgram("nsenter", [enter, file, ...args], {
      ...(input === undefined ? {} : { input }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    });
  await makeNetwork(namespace, bridge, run);
  const keys = await makeKeys(runDir);
  const web = await startMirror(enter, runDir);
  const ssh: HostsGround["ssh"] = async (address, command, timeoutSeconds) => {
    await writeFile(join(runDir, "known_hosts"), `${address} ${keys.hostPublicKey}\n`);
    return await run("ssh", ["-F", join(runDir, "ssh_config"), address, command], undefined, timeoutSeconds);
  };
  const clear = async () => {
    web.kill("SIGTERM");
    await runProgram("ip", ["netns", "delete", namespace]);
    await rm(runDir, { recursive: true, force: true });
    // Another test's folder may be beside it.
    await rmdir(parent).catch(() => undefined);
  };
  return { namespace, bridge, runDir, caFile: join(runDir, "ca.pem"), ...keys, run, ssh, clear };
}

async function makeNetwork(namespace: string, bridge: string, run: HostsGround["run"]): Promise<void> {
  await runProgram("ip", ["netns", "add", namespace]);
  const commands = [
    "link set lo up",
    // With an address of its own, as the sandbox's bridge: one that changes would have all neighbours forgotten.
    `link add ${bridge} address ${bridgeMac} type bridge`,
    `link set ${bridge} up`,
    `addr add 203.0.113.1/24 dev ${bridge}`,
    `addr add ${MIRROR}/24 dev ${bridge}`,
    `-6 addr add ${ROUTER_V6}/64 dev ${bridge} nodad`,
    `-6 addr add fe80::1/64 dev ${bridge} nodad`,
  ];
  for (const command of commands) await run("ip", command.split(" "));
  await run("sysctl", ["-q", "-w", "net.ipv6.conf.all.forwarding=1"]);
}

async function makeKeys(runDir: string) {
  const text = async (file: string) => (await runProgram("cat", [join(runDir, file)])).trim();
  for (const name of ["host", "client"]) {
    await runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(runDir, name)]);
  }
  const subject = ["-subj", "/CN=Trial authority"];
  const out = ["-keyout", join(runDir, "ca.key"), "-out", join(runDir, "ca.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await runProgram("openssl", ["req", "-x509", "-days", "2", ...curve, ...subject, ...out]);
  const settings = [
    "Host *",
    "  User root",
    `  IdentityFile ${join(runDir, "client")}`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${join(runDir, "known_hosts")}`,
    "  StrictHostKeyChecking yes",
    "  BatchMode yes",
    "  ConnectTimeout 3",
    "",
  ];
  await writeFile(join(runDir, "ssh_config"), settings.join("\n"));
  return {
    hostKey: await text("host"),
    hostPublicKey: await text("host.pub"),
    clientPublicKey: await text("client.pub"),
  };
}

async function startMirror(enter: string, runDir: string): Promise<ChildProcess> {
  const folder = join(runDir, "mirror");
  await mkdir(folder, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const settings = [
    "daemon off; user root; worker_processes 1;",
    `pid ${folder}/pid; error_log ${folder}/error.log;`,
    "events { worker_connections 64; }",
    "http {",
    `  access_log ${folder}/access.log;`,
    ...temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`),
    `  server { listen ${MIRROR}:80; listen ${MIRROR}:25; listen [${ROUTER_V6}]:25; root ${join(runDir, "apt")}; }`,
    "}",
    "",
  ];
  await writeFile(join(folder, "nginx.conf"), settings.join("\n"));
  return spawn("nsenter", [enter, "nginx", "-e", `${folder}/error.log`, "-c", `${folder}/nginx.conf`], {
    stdio: "ignore",
  });
}

/** User-data in the manner of the product's: keys, packages, one mark at the end. */
export function trialUserData(ground: HostsGround, packages: readonly string[]): string {
  return `#cloud-config\n${JSON.stringify({
    ssh_deletekeys: true,
    ssh_genkeytypes: ["ed25519"],
    ssh_keys: { ed25519_private: `${ground.hostKey}\n`, ed25519_public: ground.hostPublicKey },
    users: [{ name: "root", lock_passwd: true, ssh_authorized_keys: [ground.clientPublicKey] }],
    // The trial has no resolver; a host of the sandbox finds the mirror by DNS.
    bootcmd: [["sh", "-c", `echo "${MIRROR} deb.debian.org security.debian.org" >>/etc/hosts`]],
    ...(packages.length === 0 ? {} : { package_update: true, packages }),
    runcmd: [["touch", "/root/first-boot-is-done"]],
  })}\n`;
}
