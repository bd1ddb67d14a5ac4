/**
 * Proves: an order that is refused with a certificate at hand leaves that one, is dated, and is filled by the timer's own
 * unit when the date has come; another ACME directory gives another certificate in one plain `up`; a renewal by that unit
 * is served; each time exactly the readers are restarted, and no container is made anew.
 * `./mailstead renew` tries an order at the test service and changes nothing, and renews what is not due only with `--force`.
 * Cannot: prove what a real CA refuses, or that an hour passes: the date is set back, and the renewal asked for.
 */
import { afterAll, expect, test } from "vitest";
import { certificateStatus, placed, refuseOrders, served } from "../../support/certificate.ts";
import { change } from "../../support/change.ts";
import { clearFaults } from "../../support/faults.ts";
import { containers, healthyAgain, madeAnew, plannedNames, restarted } from "../../support/host.ts";
import { DOMAIN, inside, onHost, setConfig, STACK, waitFor } from "../../support/sandbox.ts";

const STATE = "/var/lib/mailstead/certificate.json";
const RENEWAL = `/etc/letsencrypt/renewal/${DOMAIN}.conf`;
/** Until a container that was restarted is healthy. */
const RESTART_SECONDS = 120;

/** Containers that speak TLS: they have the certificate, and a port. */
const readers = (): Promise<string[]> =>
  plannedNames(
    ({ ports, mounts }) => ports.length > 0 && mounts.some(({ hostPath }) => hostPath.endsWith("/ssl")),
  );

/** Runs the unit that the timer starts, to its end; which containers were made anew and restarted by it. */
async function runUnit(): Promise<{ anew: string[]; restarted: string[] }> {
  const before = await containers();
  const unit = "mailstead-certificate.service";
  console.log(
    await onHost(`since=$(date +%s); systemctl start ${unit}; code=$?
      journalctl --unit ${unit} --since "@$since" --no-pager --output cat; exit $code\n`),
  );
  const after = await containers();
  await healthyAgain(RESTART_SECONDS);
  return { anew: madeAnew(before, after), restarted: restarted(before, after) };
}

/** Fails unless IMAP shows what is placed; a restarted server may need a moment. */
async function expectServed(): Promise<void> {
  const serial = await placed();
  await waitFor("IMAP to show the certificate that is placed", 60, async () => (await served()) === serial);
}

afterAll(clearFaults);

test("an order of another CA is refused: the one at hand stays, until the date has come", async () => {
  const before = await placed();
  await setConfig("mailstead:certificates.directory", "letsencrypt-staging");
  await refuseOrders();
  const { printed, anew, restarted: started } = await change();
  await clearFaults();
  expect(printed).toMatch(/next try: \d{4}-\d\d-\d\dT/);
  expect([anew, started]).toEqual([[], []]);
  expect(await placed()).toBe(before);
  const red = await certificateStatus();
  expect(red.state).toBe("bad");
  expect(red.seen).toMatch(/next try \d{4}-.*; until then: valid for \d+ more days/);

  expect(await runUnit()).toEqual({ anew: [], restarted: [] });
  expect(await placed()).toBe(before);
  await onHost(`sed -i 's/"nextTry":"[^"]*"/"nextTry":"2020-01-01T00:00:00Z"/' ${STATE}\n`);
  expect(await runUnit()).toEqual({ anew: [], restarted: await readers() });
  expect(await placed()).not.toBe(before);
  await expectServed();
  expect(await onHost(`cat ${RENEWAL}\n`)).toContain("acme-staging-v02");
  expect((await certificateStatus()).state).toBe("ok");
});

test("a certificate of another CA is in place by one plain up", async () => {
  const before = await placed();
  await setConfig("mailstead:certificates.directory", "letsencrypt");
  const { done, anew, restarted: started } = await change(undefined, RESTART_SECONDS);
  expect(done).toEqual({ updated: 1, replaced: 1 });
  expect([anew, started]).toEqual([[], await readers()]);
  expect(await placed()).not.toBe(before);
  await expectServed();
  expect(await onHost(`cat ${RENEWAL}\n`)).toContain("acme-v02");
});

test("a renewal by the timer's own unit is served, and the next run of it finds nothing to do", async () => {
  const before = await placed();
  // Its own hour may come just now: then it would be a run more.
  await onHost("systemctl stop mailstead-certificate.timer\n");
  // certbot's own wish: what has less than this to live is due.
  await onHost(`sed -i '1i renew_before_expiry = 3650 days' ${RENEWAL}\n`);
  try {
    expect(await runUnit()).toEqual({ anew: [], restarted: await readers() });
  } finally {
    await onHost(`sed -i '/^renew_before_expiry/d' ${RENEWAL}\n`);
  }
  expect(await placed()).not.toBe(before);
  await expectServed();
  expect((await certificateStatus()).state).toBe("ok");
  expect(await runUnit()).toEqual({ anew: [], restarted: [] });
  await onHost("systemctl start mailstead-certificate.timer\n");
});

/** `./mailstead renew --json`: what it came to, and which containers were restarted meanwhile. */
async function renew(...options: readonly string[]) {
  const before = await containers();
  const run = await inside(["node", "cli/mailstead.js", "renew", "--stack", STACK, "--json", ...options]);
  console.log(run.stdout + run.stderr);
  const after = await containers();
  await healthyAgain(RESTART_SECONDS);
  const said = JSON.parse(run.stdout) as { outcome: string; restarted: string[]; validUntil: string };
  return { ...said, code: run.code, anew: madeAnew(before, after), started: restarted(before, after) };
}

test("asked for by the command: a trial changes nothing, what is not due stays, and forced it is renewed", async () => {
  const before = await placed();
  const account = await onHost("ls /etc/letsencrypt/accounts\n");
  const quiet = { code: 0, anew: [], started: [], restarted: [] };
  expect(await renew("--dry-run")).toMatchObject({ outcome: "passed", ...quiet });
  expect(await onHost("ls /etc/letsencrypt/accounts\n")).toBe(account);
  expect(await renew()).toMatchObject({ outcome: "kept", ...quiet });
  expect(await placed()).toBe(before);
  const forced = await renew("--force");
  expect(forced).toMatchObject({ outcome: "renewed", code: 0, anew: [], started: await readers() });
  expect(forced.restarted.toSorted()).toEqual((await readers()).toSorted());
  expect(await placed()).not.toBe(before);
  await expectServed();
});
