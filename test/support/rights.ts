/** What the processes of the containers may do, as the host's kernel tells it. */
import { expect } from "vitest";
import type { Capability } from "../../stack/model/plan.ts";
import { planned } from "./host.ts";
import { onHost } from "./sandbox.ts";

/** Numbers of the kernel (include/uapi/linux/capability.h). */
const BITS: Readonly<Record<Capability, number>> = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_NET_BIND_SERVICE: 10,
};

/** Set of capabilities as one number. */
function maskOf(capabilities: readonly Capability[]): bigint {
  return capabilities.reduce((mask, name) => mask | (1n << BigInt(BITS[name])), 0n);
}

/** A line for each process: container, whether it is the first one, user, effective set, bounding set, no new rights. */
const PROCESSES = `
for name in $(docker ps --format '{{.Names}}'); do
  first=$(docker inspect --format '{{.State.Pid}}' "$name")
  for pid in $(docker top "$name" -eo pid | tail -n +2); do
    # A look of a health check may be over by now.
    facts=$(awk '/^(Uid|CapEff|CapBnd|NoNewPrivs):/ { printf "%s ", $2 }' "/proc/$pid/status" 2>/dev/null) || continue
    echo "$name $([ "$pid" = "$first" ] && echo first || echo other) $facts"
  done
done
`;

interface Process {
  readonly name: string;
  readonly first: boolean;
  readonly user: number;
  readonly effective: bigint;
  readonly bounding: bigint;
  readonly noNewPrivileges: boolean;
}

async function processes(): Promise<Process[]> {
  const lines = (await onHost(PROCESSES))
    .split("\n")
    .map((line) => line.split(" ").filter((word) => word !== ""));
  return lines
    .filter(({ length }) => length === 6)
    .map(([name = "", place, user, effective = "", bounding = "", last]) => ({
      name,
      first: place === "first",
      user: Number(user),
      effective: BigInt(`0x${effective}`),
      bounding: BigInt(`0x${bounding}`),
      noNewPrivileges: last === "1",
    }));
}

/** Users that the official images of the databases become: uid 999, who keeps nothing. */
const BECOMES: Readonly<Record<string, number>> = { mongo: 999, redis: 999 };

/**
 * Expects of every process of every container that it has no right beyond the planned ones, and of each first process
 * exactly the planned ones: none, where its entry point has become another user.
 */
export async function expectPlannedRights(): Promise<void> {
  const [plan, seen] = await Promise.all([planned(), processes()]);
  const wanted = plan.map(({ name, image, rights }) => {
    const user = BECOMES[image] ?? 0;
    return { name, user, effective: user === 0 ? maskOf(rights.capabilities) : 0n };
  });
  const firsts = seen.filter(({ first }) => first);
  const shown = ({ name, user, effective }: Pick<Process, "name" | "user" | "effective">): string =>
    `${name} uid ${user} CapEff ${effective.toString(16)}`;
  console.log(firsts.map(shown).join("\n"));
  expect(firsts.map(shown).sort()).toEqual(wanted.map(shown).sort());
  const masks = new Map(plan.map(({ name, rights }) => [name, maskOf(rights.capabilities)]));
  const beyond = seen.filter(({ name, effective, bounding, noNewPrivileges }) => {
    const mask = masks.get(name) ?? 0n;
    return !noNewPrivileges || (effective & ~mask) !== 0n || (bounding & ~mask) !== 0n;
  });
  expect(beyond).toEqual([]);
}

/** User of every worker of nginx, which the master has given up its rights for. */
export async function workersOf(name: string): Promise<readonly Pick<Process, "user" | "effective">[]> {
  return (await processes())
    .filter((process) => process.name === name && !process.first)
    .map(({ user, effective }) => ({ user, effective }));
}
