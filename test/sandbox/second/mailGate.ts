/**
 * Proves: until the server knows the domain, port 25 is closed from outside over both families and answers on loopback;
 * an outside queue that tries all the time is refused by nobody and keeps its mail; the other ports are open; `status`
 * says why, and each next step. That the mail arrives later is proved by the part `mail`.
 * Cannot: prove how long a real sender waits.
 */
import { expect, test } from "vitest";
import { earlyMail, gateFinding, gateState } from "../../support/gate.ts";
import { sendFromOutside, triedOutside } from "../../support/people.ts";
import { DOMAIN, onHost, outputs, succeed, waitFor } from "../../support/sandbox.ts";

const FAMILIES = ["ipv4", "ipv6"] as const;

test("a sender outside finds port 25 closed over both families, and keeps its mail", async () => {
  for (const family of FAMILIES) await sendFromOutside(`alice@${DOMAIN}`, earlyMail(family), family);
  for (const family of FAMILIES) {
    const tried = await waitFor(`a try by ${family}`, 60, () => triedOutside(earlyMail(family)));
    console.log(`${tried.state}: ${tried.reason}`);
    expect(tried).toMatchObject({
      state: "queued",
      reason: expect.stringContaining("ECONNREFUSED") as string,
    });
  }
});

test("the other ports are open, and on loopback port 25 answers for the health check", async () => {
  const { addresses } = outputs();
  for (const address of [addresses.ipv4, addresses.ipv6]) {
    const greeted = await onHost(`timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; head -n 1 <&3'\n`);
    expect(greeted).toContain("220 ");
    for (const port of ["443", "465", "993"]) {
      await succeed(["bash", "-c", `exec 3<>/dev/tcp/${address}/${port}`]);
    }
  }
});

test("status says what port 25 waits for, and the next step", async () => {
  const finding = await waitFor("the gate's question to be answered", 60, async () => {
    const seen = await gateFinding();
    return seen?.seen.includes("does not know the domain") === true ? seen : undefined;
  });
  console.log(JSON.stringify(finding));
  expect(finding.state).toBe("warn");
  expect(finding.seen).toMatch(/^closed since 20\d\d-.*: waiting for the domain; /);
  expect(finding.fix).toContain(`add ${DOMAIN}`);
});

test("the question costs little: asked again and again while the port is closed", async () => {
  const cpu = `docker exec mx sh -c 'for p in /proc/[0-9]*; do tr "\\0" " " <$p/cmdline | grep -q "^node - " && cat $p/stat; done' | awk '{ print $14 + $15 }'\n`;
  const used = await waitFor("the process that asks", 30, async () => {
    const ticks = (await onHost(cpu)).trim();
    return ticks === "" ? undefined : Number(ticks);
  });
  // Hundredths of a second since it began, most of them for its start.
  console.log(`${used} hundredths of a second`);
  expect(used).toBeLessThan(300);
  expect((await gateState()).state).toBe("closed");
});
