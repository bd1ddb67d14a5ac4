/**
 * Proves: `pulumi up` from nothing ends with the planned containers healthy on a real booted host, a second `up` and
 * a refreshed preview change nothing, also from a second clone, and the certificate is from the ACME server.
 * Cannot: prove the vendors' own behaviour; their APIs are ours, held to published schemas.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { containers, makes, planned, unwell } from "../../support/host.ts";
import { expectNoChanges, onHost, project, succeed, up } from "../../support/sandbox.ts";

const clone = mkdtempSync(join(tmpdir(), "mailstead-clone-"));
afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

test("fifteen containers run and are healthy, as planned and no others", async () => {
  const plan = await planned();
  const seen = await containers();
  console.log([...seen.values()].map(({ name, health }) => `${name} ${health}`).join(", "));
  expect(plan).toHaveLength(15);
  expect([...seen.keys()].sort()).toEqual(plan.map(({ name }) => name).sort());
  expect(await unwell()).toEqual([]);
});

test("each container is made as planned: image, command, names, mounts, health check; and listens where it should", async () => {
  const { planned: wanted, seen, deafPorts } = await makes();
  expect(seen).toEqual(wanted);
  expect(deafPorts).toEqual([]);
});

test("the first boot left its mark and cloud-init has no complaint", async () => {
  const status = await onHost("cloud-init status --format json; cat /var/lib/mailstead/booted\n");
  console.log(status);
  expect(status).toContain('"status": "done"');
  expect(status).toContain('"recoverable_errors": {}');
  const schema = await onHost("cloud-init schema --system --annotate 2>&1\n");
  console.log(schema);
  expect(schema).not.toMatch(/warning|deprecat|error/i);
});

test("the certificate comes from the ACME server and is renewed by a timer", async () => {
  const state = await onHost(
    "cat /var/lib/mailstead/certificate.json; openssl x509 -in /root/forwardemail.net/self-hosting/ssl/fullchain.pem -noout -issuer -ext subjectAltName; systemctl is-enabled mailstead-certificate.timer\n",
  );
  console.log(state);
  expect(state).toContain('"status":"valid"');
  expect(state).toContain("Pebble");
  expect(state).toContain("DNS:*.example.com");
  expect(state).toContain("enabled");
});

test("a second up changes nothing", async () => {
  const printed = await up();
  console.log(printed.split("\n").slice(-8).join("\n"));
  expect(printed).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
});

test("a plain preview and a refreshed one have nothing to do", async () => {
  await expectNoChanges();
});

test("a second clone with the same state has nothing to do", async () => {
  await succeed(["git", "clone", "--quiet", project, clone]);
  await succeed(["ln", "-s", join(project, "node_modules"), join(clone, "node_modules")]);
  await succeed(
    [
      "pulumi",
      "preview",
      "--refresh",
      "--run-program",
      "--expect-no-changes",
      "--stack",
      "dev",
      "--non-interactive",
    ],
    { cwd: clone },
  );
});
