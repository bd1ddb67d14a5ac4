/**
 * Proves, on a server with a mailbox: `upgrade` says what it would do and does nothing (`--dry-run`); a release that does not
 * start and one that harms the data are taken back by themselves, each with file, data and engine as before and the message
 * that came meanwhile in the mailbox; with the operator's machine killed in the middle of a good release the same command goes
 * on, and it passes; with the server powered off in the middle, no port is open after its boot, and the way back comes to its
 * end.
 * Cannot: prove what a real release changes in the data. Part of initAndPin.ts, whose stack it goes on with.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { beforeAll, expect, test } from "vitest";
import { keepPrinted, olderAppFile } from "../../support/printed.ts";
import { mailProgram, refusedForGood, sendFromOutside, type OwnMailbox } from "../../support/people.ts";
import { project, succeed, waitFor, type Ended } from "../../support/sandbox.ts";
import { hetzner } from "../../support/vendors.ts";

/** The stack of the life. */
export interface Fresh {
  readonly stack: string;
  readonly domain: string;
  readonly clone: string;
  readonly file: () => string;
  /** Runs a command with the stack's own state. */
  readonly plain: (command: readonly string[]) => Promise<Ended>;
  /** Gives an image at the registry another name. */
  readonly copyImage: (from: string, to: string) => Promise<void>;
  readonly readJane: () => Promise<OwnMailbox>;
}

const APP = "forwardemail/forwardemail.net-selfhosted";

/** A command that goes on while the test looks at it. */
function start(command: readonly string[], cwd: string) {
  const line = ["env", "--unset=PULUMI_BACKEND_URL", ...command];
  const child = spawn(join(project, "sandbox/run"), line, {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const take = (chunk: Buffer): void => void (printed += chunk.toString());
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<{ code: number; printed: string }>((resolve) => {
    child.on("close", (code) => {
      keepPrinted(command, printed);
      resolve({ code: code ?? 137, printed });
    });
  });
  return {
    ended,
    kill: () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    },
  };
}

/** The scenes, in their order. */
export function upgradeScenes({ stack, domain, clone, file, plain, copyImage, readJane }: Fresh): void {
  const mailstead = (...words: string[]): string[] => [
    "node",
    "cli/mailstead.js",
    ...words,
    "--stack",
    stack,
  ];
  const onHost = async (line: string): Promise<string> =>
    (await plain(mailstead("ssh", "--", line))).stdout.trim();
  const phase = async (): Promise<string> =>
    (JSON.parse(await onHost("/usr/local/lib/mailstead/upgrade.sh look")) as { phase: string }).phase;
  const version = (): string => /release: (\S+)/.exec(file())?.[1] ?? "";

  let jane: OwnMailbox;

  async function found(subject: string): Promise<number> {
    const { address: user, password } = jane;
    const request = { do: "read", host: `imap.${domain}`, user, password, subject };
    return ((await mailProgram(request)) as { found: number }).found;
  }

  const arrived = (subject: string): Promise<boolean> =>
    waitFor(`"${subject}" in the mailbox`, 120, async () => (await found(subject)) === 1);

  /** All runs as the file says, the ports are open, and nothing is left to do or to clear away. */
  async function expectWell(release: string): Promise<void> {
    expect(version()).toBe(release);
    const previewed = await plain(["pulumi", "preview", "--expect-no-changes", "--diff", "--stack", stack]);
    expect(previewed.code, previewed.stdout.slice(-3000)).toBe(0);
    expect(await onHost("nft list tables; ls /mnt/mailstead")).not.toContain("upgrade");
    const { stdout } = await plain(mailstead("status"));
    const unwell = stdout.split("\n").filter((line) => /^[✗!] (container|upgrade|port 25|domain)/.test(line));
    expect(unwell).toEqual([]);
    expect(await refusedForGood()).toEqual([]);
  }

  /** Begins an upgrade, and has somebody outside write once its ports are closed. */
  async function whileClosed(release: string, subject: string) {
    const run = start(mailstead("upgrade", release, "--yes"), clone);
    void run.ended.then(({ printed }) => {
      console.log(
        printed
          .split("\n")
          .filter((line) => !/^ *[+~-]|^$|Diagnostics|pulumi:/.test(line))
          .join("\n")
          .slice(-5000),
      );
    });
    await waitFor(
      `the ports to close for ${release}`,
      180,
      async () => !["", "announced"].includes(await phase()),
    );
    await sendFromOutside(jane.address, subject);
    return run;
  }

  beforeAll(async () => {
    jane = await readJane();
    const tag = (text: string): string =>
      `${APP}:${(JSON.parse(text) as { reference: string }).reference.replace(/^.*:/, "")}`;
    for (const [variant, release] of [
      ["startless", "v1.1.0"],
      ["damaging", "v1.2.0"],
    ] as const) {
      const words = ["node", join(project, "sandbox/images/variant.ts"), variant];
      await copyImage(tag(await succeed(words, { cwd: project })), `${APP}:${release}`);
    }
    await copyImage(tag(readFileSync(olderAppFile, "utf8")), `${APP}:v1.3.0`);
    await sendFromOutside(jane.address, "before all upgrades");
    await arrived("before all upgrades");
  });

  test("a dry run says what it would do, and does nothing", async () => {
    const before = file();
    const dry = await plain(mailstead("upgrade", "v1.3.0", "--dry-run"));
    console.log(dry.stdout + dry.stderr);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain(`from v1.0.0 to v1.3.0`);
    expect(dry.stdout).toMatch(/the data \(.* MiB\) are cloned on the volume, without copying/);
    expect(file()).toBe(before);
    expect(await phase()).toBe("");
  });

  test("a release that does not start: the old one is back by itself, and the message of meanwhile arrives", async () => {
    const before = file();
    const run = await whileClosed("v1.1.0", "while v1.1.0 failed");
    const { code, printed } = await run.ended;
    expect([code, printed]).toEqual([
      1,
      expect.stringContaining("v1.1.0 did not pass, and v1.0.0 is back with its data"),
    ]);
    expect(file()).toBe(before);
    await arrived("while v1.1.0 failed");
    expect(await found("before all upgrades")).toBe(1);
    await expectWell("v1.0.0");
  });

  test("a release that harms the data: they are back, and the message of meanwhile arrives", async () => {
    const before = file();
    const { code, printed } = await (await whileClosed("v1.2.0", "while v1.2.0 did harm")).ended;
    expect([code, printed]).toEqual([
      1,
      expect.stringContaining(`the server does not know ${domain} any more`),
    ]);
    expect(file()).toBe(before);
    await arrived("while v1.2.0 did harm");
    await expectWell("v1.0.0");
  });

  test("a good release, with the operator's machine killed in the middle: status and preview say it, the same command goes on, and it passes", async () => {
    const run = await whileClosed("v1.3.0", "while nobody was there");
    run.kill();
    await run.ended;
    await plain(["pulumi", "cancel", "--yes", "--stack", stack]);
    const status = await plain(mailstead("status"));
    expect(status.code).toBe(1);
    expect(status.stdout).toMatch(
      /✗ upgrade: the upgrade from v1\.0\.0 to v1\.3\.0 .* is not ended: .*the ports are closed/,
    );
    const previewed = await plain(["pulumi", "preview", "--stack", stack, "--non-interactive"]);
    expect(previewed.stdout).toContain("the upgrade from v1.0.0 to v1.3.0 is not ended");
    const on = await plain(mailstead("upgrade", "--yes"));
    console.log(on.stdout.split("\n").slice(-12).join("\n") + on.stderr);
    expect([on.code, on.stdout]).toEqual([
      0,
      expect.stringContaining("v1.3.0 runs, and the ports are open."),
    ]);
    await arrived("while nobody was there");
    expect(await found("before all upgrades")).toBe(1);
    await expectWell("v1.3.0");
  });

  test("the server is powered off in the middle: its boot opens no port, and the release before is back by itself", async () => {
    const run = await whileClosed("v1.0.0", "while the power was off");
    const { servers } = (await hetzner(`servers?label_selector=mailstead%3D%3D${stack}`)) as {
      servers: { id: number }[];
    };
    const actions = `servers/${String(servers[0]?.id)}/actions`;
    // As Docker leaves it where it removes a container and its answer gets lost.
    await onHost("docker rm --force smtp");
    await hetzner(`${actions}/poweroff`, "POST");
    // It runs for a moment still.
    let wasOff = false;
    await waitFor("the server to be off and on again", 60, async () => {
      const { server } = (await hetzner(`servers/${String(servers[0]?.id)}`)) as {
        server: { status: string };
      };
      if (server.status === "off") {
        wasOff = true;
        await hetzner(`${actions}/poweron`, "POST");
      }
      return wasOff && server.status === "running";
    });
    const { code, printed } = await run.ended;
    expect([code, printed]).toEqual([1, expect.stringContaining("v1.0.0 did not pass, and v1.3.0 is back")]);
    await arrived("while the power was off");
    await expectWell("v1.3.0");
  });
}
