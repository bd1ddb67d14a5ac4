/** Waits until a new server is well: every container healthy, mail let in, and each port answering. */
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Plan } from "../../stack/model/plan.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { checkContainers } from "../../verify/host/containers.ts";
import { checkMailGate } from "../../verify/host/mailGate.ts";
import type { AskHost, Finding } from "../../verify/model/finding.ts";
import { describeFinding } from "../output/findings.ts";
import { CommandError } from "../output/terminal.ts";
import type { Told } from "./told.ts";

const LIMIT_SECONDS = 300;
const EVERY_MS = 3000;
const CONNECT_MS = 5000;
/** Many networks let nobody connect to it; the host's own word counts then. */
const MAIL_PORT = 25;

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => {
      end(true);
    });
    socket.once("error", () => {
      end(false);
    });
    socket.once("timeout", () => {
      end(false);
    });
  });
}

/** Ports of containers that the outside may reach. */
function listPorts({ containers, firewall }: Plan): readonly number[] {
  const listening = new Set(containers.flatMap(({ ports }) => ports));
  return firewall.flatMap(({ port }) => (port !== undefined && listening.has(port) ? [port] : []));
}

async function askPorts(host: string, ports: readonly number[]): Promise<readonly Finding[]> {
  const asked = await Promise.all(ports.map(async (port) => ({ port, isOpen: await answers(host, port) })));
  return asked.flatMap(({ port, isOpen }) => {
    if (isOpen || port === MAIL_PORT) return [];
    return [{ subject: `port ${String(port)}`, state: "bad", seen: `${host} does not answer from here` }];
  });
}

/** The host of a server that was made. */
export interface MadeHost {
  readonly address: string;
  readonly ask: AskHost;
}

/** What is not well yet; none where all is. */
async function look(
  { address, ask }: MadeHost,
  plan: Plan,
  mailCameIn: boolean,
): Promise<readonly Finding[]> {
  const [containers, gate, ports] = await Promise.all([
    checkContainers(plan.containers, ask),
    checkMailGate(ask, plan),
    askPorts(address, listPorts(plan)),
  ]);
  return [...containers, ...(mailCameIn ? gate : []), ...ports].filter(({ state }) => state !== "ok");
}

/**
 * Waits.
 *
 * @param mailCameIn port 25 was open before: a server that does not know its domain yet keeps it closed.
 * @throws CommandError with what is not well when the time is up, and where the host does not answer
 */
export async function waitUntilWell(
  host: MadeHost,
  plan: Plan,
  mailCameIn: boolean,
  { say }: Told,
  limitSeconds = LIMIT_SECONDS,
): Promise<void> {
  say("waiting until every container is healthy and the ports answer …");
  const end = Date.now() + limitSeconds * 1000;
  for (;;) {
    const unwell = await look(host, plan, mailCameIn);
    if (unwell.length === 0) return;
    if (Date.now() > end) {
      say(unwell.map(describeFinding).join("\n"));
      throw new CommandError(
        `the server is there, and not well after ${String(limitSeconds)} s: ${unwell.map(({ subject }) => subject).join(", ")}`,
        `${COMMAND} status; when it is mended, \`${COMMAND} rebuild --planned\` again looks once more`,
      );
    }
    await delay(EVERY_MS);
  }
}
