/**
 * Proves: the wait after a rebuild ends when every container is healthy, port 25 is open on the host and every other open port
 * answers from here, and not before; at its limit it says what is not well. Port 25 is the host's word alone, and none is
 * asked where it was closed before.
 * Cannot prove: what a host answers; the sandbox does.
 */
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitUntilWell } from "../../../cli/rebuild/whenWell.ts";
import type { Plan } from "../../../stack/model/plan.ts";
import { planOf } from "../stack/support/planOf.ts";
import { rawWith } from "../stack/support/validRaw.ts";

let listener: Server;
let plan: Plan;
let status: string;
let gate: string;
let asked: number;
const said: string[] = [];

const host = {
  address: "127.0.0.1",
  ask: (script: string): Promise<string> => {
    if (script.includes("mail-gate"))
      return Promise.resolve(`${gate}\nloaded\n${gate.includes("open") ? "open" : "closed"}\n`);
    asked += 1;
    const rows = plan.containers.map(({ name }) =>
      JSON.stringify({ Names: name, State: "running", Status: status }),
    );
    return Promise.resolve(rows.join("\n"));
  },
};

/** The plan with one port of containers that the outside may reach, beside port 25. */
function planWith(port: number): Plan {
  const whole = planOf(rawWith({}));
  return {
    ...whole,
    containers: whole.containers.map((one, at) => ({ ...one, ports: at === 0 ? [port, 25] : [27017] })),
    firewall: [port, 25].map((one) => ({
      purpose: "",
      protocol: "tcp" as const,
      port: one,
      sources: ["0.0.0.0/0"],
    })),
  };
}

beforeEach(async () => {
  listener = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  plan = planWith((listener.address() as AddressInfo).port);
  status = "Up 3 seconds (healthy)";
  gate = '{"state":"open","since":"x","answer":"known 3"}';
  asked = 0;
  said.length = 0;
});
afterEach(() => {
  listener.close();
});

function wait(mailCameIn = true): Promise<void> {
  const told = { to: "stdout", say: (text: string) => said.push(text) } as const;
  return waitUntilWell(host, plan, mailCameIn, told, 0);
}

test("all well: one look is enough", async () => {
  await wait();
  expect(asked).toBe(1);
});

test("a port that does not answer, a container that starts, a closed gate: what is not well is said", async () => {
  await new Promise((resolve) => listener.close(resolve));
  await expect(wait()).rejects.toThrow(/not well after 0 s: port \d+$/);
  status = "Up 3 seconds (health: starting)";
  await expect(wait()).rejects.toThrow("container web");
  expect(said.join("\n")).toContain("does not answer from here");
});

test("a gate that is closed counts where mail came in before, and nowhere else", async () => {
  gate = '{"state":"closed","since":"x","answer":"unknown no-domain"}';
  await expect(wait()).rejects.toThrow("port 25");
  await wait(false);
});
