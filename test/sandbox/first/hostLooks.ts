/**
 * Proves: `logs` shows the end of a container's log, and with `-f` what comes after; `status` of a healthy server says
 * what it did not ask and what its host is like, and exits with 0, shows a container that was stopped with its own last
 * lines, and tells a port 25 that the vendor blocks for one family, with the text to send; a process that could not read
 * `.env`, and so runs in silence with what upstream ships for everyone to read, is found by its health check and shown by
 * `status`.
 * The unit of the night runs the real unattended-upgrades against the sandbox's archive, and asks its registry.
 * Cannot: prove how a vendor blocks; here its side of the cable drops the packets.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, test } from "vitest";
import { port25Rules } from "../../../sandbox/hosts/firewall.ts";
import { linkName } from "../../../sandbox/hosts/machine.ts";
import { hostKey } from "../../../sandbox/cloud/hetzner/cloud.ts";
import { shellQuote } from "../../../stack/values/shellQuote.ts";
import { healthyAgain, planned } from "../../support/host.ts";
import { sendFromOutside } from "../../support/people.ts";
import { DOMAIN, inside, onHost, outputs, project, STACK, succeed, waitFor } from "../../support/sandbox.ts";
import { hetzner } from "../../support/vendors.ts";

const LOGS = ["node", "cli/mailstead.js", "logs", "--stack", STACK];

interface Finding {
  readonly subject: string;
  readonly state: string;
  readonly seen: string;
  readonly detail?: readonly string[];
}

/** What `status` finds, and its exit code. */
async function status(): Promise<{ code: number; of: (subject: string) => Finding | undefined }> {
  const { code, stdout } = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK, "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  console.log(
    findings
      .filter(({ state }) => state !== "ok")
      .map((finding) => JSON.stringify(finding))
      .join("\n"),
  );
  return { code, of: (subject) => findings.find((finding) => finding.subject === subject) };
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Mails that a log of the container mx says were taken. */
function taken(log: string): number {
  return lines(log).filter((line) => line.includes('"event":"taken"')).length;
}

/** The rules of a block are the driver's own; with no family it is lifted. */
async function blockPort25(...families: Parameters<typeof port25Rules>[1]): Promise<void> {
  const { servers } = (await hetzner(`servers?label_selector=mailstead%3D%3D${STACK}`)) as {
    servers: { id: number }[];
  };
  const [server] = servers;
  if (server === undefined) throw new Error("the stack has no server");
  await succeed(["nft", "-f", "-"], { input: port25Rules(linkName(hostKey(server)), families) });
}

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Starts a command inside and gives what it has printed until now; it is ended, by its group, with the file. */
function follow(command: readonly string[]): { printed: () => string; stop: () => Promise<void> } {
  const child = spawn(join(project, "sandbox/run"), command, {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const closed = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, "SIGTERM");
    await closed;
  };
  stops.push(stop);
  return {
    printed: () => {
      if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended by itself:\n${text}`);
      return text;
    },
    stop,
  };
}

test("logs shows the end of one container's log", async () => {
  const { code, stdout, stderr } = await inside([...LOGS, "pop3", "--lines", "1"]);
  // A container's two outputs come apart, as it wrote them.
  const shown = `${stdout}${stderr}`;
  console.log(shown.trim());
  expect(code).toBe(0);
  expect(lines(shown)).toHaveLength(1);
  expect(await onHost("docker logs pop3 2>&1\n")).toContain(shown);
  expect((await inside([...LOGS, "nosuch"])).code).toBe(1);
});

test("logs -f goes on as mail comes in", async () => {
  const before = taken(await succeed([...LOGS, "mx", "--lines", "10000"]));
  const log = follow([...LOGS, "mx", "--lines", "10000", "-f"]);
  await waitFor("the log until now", 30, () => Promise.resolve(taken(log.printed()) >= before));
  await sendFromOutside(`alice@${DOMAIN}`, "while the log is followed");
  await waitFor("the log to go on", 60, () => Promise.resolve(taken(log.printed()) > before));
  console.log(lines(log.printed()).at(-1));
  await log.stop();
});

test("status of a healthy server: 0, and it is said that the server's checklist was not asked", async () => {
  const { code, of } = await status();
  expect(code).toBe(0);
  expect(of("container pop3")?.state).toBe("ok");
  expect(of("the server's checklist")).toMatchObject({ state: "warn", seen: "was not asked" });
});

test("the night's unit asks the real archive for security updates and the registry for releases, and status tells of it", async () => {
  console.log(
    await onHost(`systemctl start mailstead-upgrades.service; code=$?
      journalctl --unit mailstead-upgrades.service --no-pager --output cat; tail -n 5 /var/log/mailstead-upgrades.log; exit $code\n`),
  );
  expect(await onHost("cat /var/log/mailstead-upgrades.log\n")).toContain(
    "Allowed origins are: origin=Debian,codename=trixie-security,label=Debian-Security, origin=Ubuntu",
  );
  const { of } = await status();
  expect(of("security updates")).toMatchObject({
    state: "ok",
    seen: expect.stringMatching(/^last ran on \d{4}-.*: nothing to install/) as string,
  });
  expect(of("releases")?.seen).toMatch(/ is the newest, as of | is published, and /);
});

test("status looks at the host itself: room, memory, what waits to leave, the clock, and a restart that updates wait for", async () => {
  await onHost("echo linux-image-amd64 | tee /run/reboot-required /run/reboot-required.pkgs\n");
  try {
    const { code, of } = await status();
    expect(code).toBe(0);
    for (const subject of ["disk /", "memory", "mail queue"]) expect(of(subject)?.state, subject).toBe("ok");
    expect(of("disk /")?.seen).toMatch(/^\d+% used, \d+\.\d GiB free$/);
    expect(of("mail queue")?.seen).toMatch(/^no mail waits to leave$|^\d+ wait to leave, the oldest for /);
    expect(of("clock")?.seen).toMatch(/^synchronised, and the same as here$|^the same as here, but not/);
    expect(of("restart")).toMatchObject({ state: "warn", seen: "updates wait for one (linux-image-amd64)" });
  } finally {
    await onHost("rm /run/reboot-required /run/reboot-required.pkgs\n");
  }
  expect((await status()).of("restart")?.state).toBe("ok");
});

test("a container that was stopped is red, with the end of its own log", async () => {
  await onHost("docker stop --time 10 pop3\n");
  try {
    const { code, of } = await status();
    expect(code).toBe(1);
    const stopped = of("container pop3");
    expect(stopped).toMatchObject({ state: "bad", seen: expect.stringMatching(/^Exited \(/) as string });
    expect(stopped?.detail?.length).toBeGreaterThan(0);
    expect(stopped?.detail).toEqual(lines(await onHost("docker logs --tail 8 pop3 2>&1\n")));
    expect(of("container imap")?.state).toBe("ok");
  } finally {
    await onHost("docker start pop3\n");
  }
  await healthyAgain(120);
});

/** Runs a container's own health check now: its exit code and what it printed. */
async function checkNow(name: string): Promise<string> {
  const test = (await planned()).find((container) => container.name === name)?.healthCheck?.test ?? [];
  const words = test.slice(1).map(shellQuote).join(" ");
  return onHost(`code=0; docker exec ${name} ${words} || code=$?; echo "ended with $code"\n`);
}

test("an .env that cannot be read is passed over in silence by the app, and by neither health check nor status", async () => {
  const file = "/root/forwardemail.net/self-hosting/.env";
  const UNREADABLE = /^\/app\/\.env cannot be read \(EACCES\), .*restart this container\nended with 1\n$/;
  try {
    await onHost(`chmod 0000 ${file}; docker restart --time 10 smtp\n`);
    await waitFor("smtp to listen where upstream's defaults say", 30, async () =>
      (await onHost("ss -Hltn\n")).includes(":2587 "),
    );
    for (const name of ["smtp", "bree", "sqlite_bree", "web"])
      expect(await checkNow(name)).toMatch(UNREADABLE);
    const told = await waitFor("status to say why", 30, async () => {
      const { of } = await status();
      const found = of("container smtp");
      return found?.detail?.[0]?.startsWith("health check: ") === true ? found : undefined;
    });
    expect(told.state).not.toBe("ok");
    expect(told.detail?.[0]).toMatch(/^health check: \/app\/\.env cannot be read \(EACCES\)/);
    await onHost(`chmod 0600 ${file}\n`);
    expect(await checkNow("bree")).toBe("ended with 0\n");
    // Readable again is not read: the process still has upstream's ports and secrets.
    expect(await checkNow("smtp")).toBe("port 465 does not answer: ECONNREFUSED\nended with 1\n");
  } finally {
    await onHost(`chmod 0600 ${file}; docker restart --time 10 smtp\n`);
  }
  await healthyAgain(120);
});

test("a port 25 that the vendor blocks for IPv4 is red, with the text to send; IPv6 is open, and so are both again", async () => {
  const { addresses } = outputs();
  await blockPort25("ipv4");
  try {
    const { code, of } = await status();
    expect(code).toBe(1);
    const blocked = of("outbound port 25 over IPv4");
    expect(blocked).toMatchObject({
      state: "bad",
      seen: expect.stringMatching(/^blocked: none of \d/) as string,
    });
    const text = (blocked?.detail ?? []).join("\n");
    for (const part of [DOMAIN, addresses.ipv4, addresses.ipv6]) expect(text).toContain(part);
    expect(of("outbound port 25 over IPv6")?.state).toBe("ok");
  } finally {
    await blockPort25();
  }
  expect((await status()).of("outbound port 25 over IPv4")?.state).toBe("ok");
});
