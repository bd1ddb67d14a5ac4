/**
 * Proves: the script that asks for containers, run beside a `docker` that plays its part, and the findings made of its
 * answer: states, next steps, and for every container that is not well the end of its own log, whatever is in it.
 * Cannot prove: that docker answers so; the sandbox asks the real one.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkContainers } from "../../../../verify/host/containers.ts";
import type { AskHost, Finding } from "../../../../verify/model/finding.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { planOf } from "../../stack/support/planOf.ts";
import { validRaw } from "../../stack/support/validRaw.ts";

interface Container {
  readonly state: string;
  readonly status: string;
  readonly log?: string;
  /** Each look of the health check: exit code and what it printed. */
  readonly checks?: readonly (readonly [number, string])[];
}

const PLANNED = planOf(validRaw())
  .containers.filter(({ healthCheck }) => healthCheck !== undefined)
  .slice(0, 3);
const [first = "", second = "", third = ""] = PLANNED.map(({ name }) => name);
const WELL: Container = { state: "running", status: "Up 2 minutes (healthy)", log: "all is well\n" };

/** A `docker` that knows `ps -a` in the two forms that are asked for, `inspect`, and `logs`, of which it has the end. */
function dockerOf(containers: Readonly<Record<string, Container>>): string {
  const bin = join(temporaryFolder(), "bin");
  mkdirSync(join(bin, "logs"), { recursive: true });
  const rows = Object.entries(containers).map(([name, { state, status, log = "", checks }]) => {
    writeFileSync(join(bin, "logs", name), log);
    const looks = checks?.map(([ExitCode, Output]) => ({ ExitCode, Output }));
    writeFileSync(join(bin, "logs", `${name}.health`), `${JSON.stringify(looks ? { Log: looks } : null)}\n`);
    return {
      json: JSON.stringify({ Names: name, State: state, Status: status }),
      line: [name, state, status].join("\t"),
    };
  });
  writeFileSync(join(bin, "json"), rows.map(({ json }) => `${json}\n`).join(""));
  writeFileSync(join(bin, "lines"), rows.map(({ line }) => `${line}\n`).join(""));
  const script = `#!/bin/sh
case "$*" in
ps*json*) cat ${bin}/json ;;
ps*) cat ${bin}/lines ;;
inspect*) for name in "$@"; do :; done; cat "${bin}/logs/$name.health" ;;
logs*) for name in "$@"; do :; done; tail -n "$3" "${bin}/logs/$name" >&2 ;;
esac`;
  writeFileSync(join(bin, "docker"), script);
  chmodSync(join(bin, "docker"), 0o755);
  return bin;
}

/** A host on which bash runs the script, with the `docker` of a folder first on PATH. */
function hostWith(bin: string): AskHost {
  return (script) => {
    const ended = spawnSync("bash", ["--norc", "-s"], {
      input: script,
      encoding: "utf8",
      env: { PATH: `${bin}:/usr/bin:/bin` },
    });
    return ended.status === 0 ? Promise.resolve(ended.stdout) : Promise.reject(new Error(ended.stderr));
  };
}

async function look(containers: Readonly<Record<string, Container>>): Promise<Finding[]> {
  return checkContainers(PLANNED, hostWith(dockerOf(containers)));
}

/** The finding of the first planned container, with two healthy ones beside it. */
async function judged(container: Container) {
  const [finding] = await look({ [first]: container, [second]: WELL, [third]: WELL });
  return finding;
}

test("healthy ones are well, in the plan's order, and their logs are not shown", async () => {
  const findings = await look({ [third]: WELL, [second]: WELL, [first]: WELL });
  expect(findings).toEqual(
    PLANNED.map(({ name }) => ({
      subject: `container ${name}`,
      state: "ok",
      seen: "Up 2 minutes (healthy)",
    })),
  );
});

test("one that is not there, and one that nobody planned", async () => {
  const guest = { state: "running", status: "Up 1 hour" };
  const findings = await look({ [first]: WELL, [second]: WELL, guest });
  expect(findings.slice(2)).toEqual([
    {
      subject: `container ${third}`,
      state: "bad",
      seen: "is not there",
      fix: "pulumi up --refresh --run-program",
    },
    { subject: "container guest", state: "warn", seen: "is not in the plan" },
  ]);
});

test("a host without any container", async () => {
  expect((await look({})).map(({ seen }) => seen)).toEqual(["is not there", "is not there", "is not there"]);
});

describe("the end of the log is shown, and the next step, for one that", () => {
  test.each([
    ["exited", "Exited (1) 3 seconds ago", "bad", /^pulumi up --refresh --run-program$/],
    ["created", "Created", "bad", /^pulumi up --refresh --run-program$/],
    ["paused", "Up 3 minutes (Paused)", "bad", /^\.\/mailstead ssh -- docker unpause /],
    ["removing", "Removal In Progress", "bad", /^pulumi up --refresh --run-program$/],
    ["restarting", "Restarting (1) 2 seconds ago", "bad", /^mend what ends it: \.\/mailstead logs /],
    ["running", "Up 4 minutes (unhealthy)", "bad", /^\.\/mailstead logs /],
    ["running", "Up 4 minutes (health: starting)", "warn", /^look again in a minute; .*\.\/mailstead logs /],
  ])("is %s: %s", async (state, status, verdict, fix) => {
    const lines = Array.from({ length: 10 }, (_, index) => `line ${String(index)}`);
    expect(await judged({ state, status, log: `${lines.join("\n")}\n` })).toEqual({
      subject: `container ${first}`,
      state: verdict,
      seen: status,
      fix: expect.stringMatching(fix) as string,
      detail: lines.slice(2),
    });
  });
});

describe("the last health check's own words", () => {
  const unwell = { state: "running", status: "Up 4 minutes (unhealthy)", log: "the log\n" };

  test("stand above the log of one that runs, the last alone, one line, and cut where they are long", async () => {
    const checks = [
      [1, "an older one"],
      [1, `/app/.env cannot be read (EACCES)\nand a second line ${"x".repeat(5000)}`],
    ] as const;
    expect((await judged({ ...unwell, checks }))?.detail).toEqual([
      "health check: /app/.env cannot be read (EACCES)",
      "the log",
    ]);
    const long = await judged({ ...unwell, checks: [[1, "y".repeat(5000)]] });
    expect(long?.detail?.[0]).toBe(`health check: ${"y".repeat(300)}`);
  });

  test("are left out after a success, without words, before the first look, and of one that does not run", async () => {
    for (const checks of [[[0, "fine"]], [[1, "  \n"]], [], undefined] as const)
      expect((await judged({ ...unwell, ...(checks === undefined ? {} : { checks }) }))?.detail).toEqual([
        "the log",
      ]);
    const gone = {
      state: "exited",
      status: "Exited (0)",
      log: "the log\n",
      checks: [[1, "no process"]] as const,
    };
    expect((await judged(gone))?.detail).toEqual(["the log"]);
  });
});

test("no line of a log ends the log, or is taken for a container or for another's log", async () => {
  const log = `{"Names":"${third}","State":"exited"}\n-----END CERTIFICATE-----\n---\n+ {}\n== ${third}\n| no end of line`;
  const stopped = { state: "exited", status: "Exited (0) 1 second ago" };
  const findings = await look({
    [first]: { ...stopped, log },
    [second]: { ...stopped, log: "the second's own\n" },
    [third]: WELL,
  });
  expect(findings.map(({ state, detail }) => [state, detail])).toEqual([
    ["bad", log.split("\n")],
    ["bad", ["the second's own"]],
    ["ok", undefined],
  ]);
});

test("a docker that does not answer is no host without containers", async () => {
  const bin = dockerOf({});
  writeFileSync(join(bin, "docker"), "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n");
  await expect(checkContainers(PLANNED, hostWith(bin))).rejects.toThrow(
    "Cannot connect to the Docker daemon",
  );
});
