/** The part of upgrade.ts that runs inside the sandbox. Prints its times as JSON. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { loopback, ports } from "../sandbox/groundPlan.ts";
import { readHandWork, shellOn, startAll, type HandWork, type Shell } from "./byHand.ts";
import { Engine, keepingStackFile, run, STACK } from "./engine.ts";
import { inTurn, timed } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";
import type { UpgradeTimes } from "./upgrade.ts";

const REPETITIONS = 3;
const EVERY_MS = 25;
const CONNECT_MS = 2000;
const root = join(import.meta.dirname, "..");
const APP = "forwardemail/forwardemail.net-selfhosted";
/** The sandbox's release, and the same at another tag, of the image's older kind. */
const RELEASES = ["v1.0.0", "v1.0.9"] as const;

function takes(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => {
      end(true);
    });
    for (const fault of ["error", "timeout"] as const)
      socket.once(fault, () => {
        end(false);
      });
  });
}

/** Milliseconds from the first refused connection to the first moment when both ports take one, while an action goes on. */
async function closedDuring(host: string, action: () => Promise<unknown>): Promise<number> {
  const acting: { isOver: boolean; fault?: Error } = { isOver: false };
  void action()
    .catch((error: unknown) => {
      acting.fault = error as Error;
    })
    .finally(() => {
      acting.isOver = true;
    });
  let from: number | undefined;
  let to: number | undefined;
  for (;;) {
    const asked = performance.now();
    const isOpen = (await Promise.all([takes(host, 25), takes(host, 993)])).every(Boolean);
    if (!isOpen) [from, to] = [from ?? asked, undefined];
    else if (from !== undefined) to ??= performance.now();
    if (acting.fault !== undefined) throw acting.fault;
    if (acting.isOver && isOpen) break;
    await pause(EVERY_MS);
  }
  if (from === undefined || to === undefined) throw new Error("the ports were never closed");
  return to - from;
}

/** Databases stop last, as all others write through them. */
async function restart({ containers }: HandWork, shell: Shell, start: () => Promise<void>): Promise<void> {
  const isDatabase = ({ image }: { image: string }): boolean => image === "mongo" || image === "redis";
  for (const group of [containers.filter((one) => !isDatabase(one)), containers.filter(isDatabase)])
    await shell(`docker stop ${group.map(({ name }) => name).join(" ")}`);
  await start();
}

/** Gives the older kind's image the name of another release at the registry. */
async function nameOther(): Promise<void> {
  const { reference } = JSON.parse(readFileSync(join(root, ".sandbox/run/olderApp.json"), "utf8")) as {
    reference: string;
  };
  const at = (tag: string): string => `docker://${loopback(ports.registry)}/${APP}:${tag}`;
  const tag = reference.slice(reference.lastIndexOf(":") + 1);
  const options = ["--insecure-policy", "copy", "--quiet", "--preserve-digests"];
  const plainHttp = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  await run("skopeo", ...options, ...plainHttp, at(tag), at(RELEASES[1]));
}

function addressOf({ resources }: HandWork): string {
  const { outputs } = resources.find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
  return (outputs as { addresses: { ipv4: string } }).addresses.ipv4;
}

async function measure(folder: string): Promise<UpgradeTimes> {
  await nameOther();
  const engine = new Engine();
  await engine.up();
  const work = await readHandWork(engine, folder);
  const ipv4 = addressOf(work);
  const shell = shellOn(ipv4, work);
  let at = 0;
  const upgrade = (): Promise<number> => {
    at = 1 - at;
    return closedDuring(ipv4, () =>
      run("node", "cli/mailstead.js", "upgrade", RELEASES[at] ?? "", "--yes", "--stack", STACK),
    );
  };
  const byHand = (): Promise<number> =>
    timed(() => restart(work, shell, () => startAll(work, shell, ({ name }) => `docker start ${name}`)));
  const taken = await keepingStackFile(() => inTurn(REPETITIONS, upgrade, byHand));
  // As it was found.
  await engine.up();
  return { ...taken, repetitions: REPETITIONS };
}

process.stdout.write(`${JSON.stringify(await inTemporaryFolder("upgrade", measure))}\n`);
