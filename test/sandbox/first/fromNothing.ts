/**
 * Proves: `pulumi up` from nothing ends with the planned containers healthy on a real booted host, whose first boot
 * installed its packages; no process of them has a right beyond the planned ones, on an image with a user of its own (the
 * older kind follows on day two); a second `up` and a refreshed preview change nothing, also on another machine by what the
 * guide says ("Your machine is gone"), and the certificate is from the ACME server.
 * Cannot: prove the vendors' own behaviour; their APIs are ours, held to published schemas; install npm's packages there.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { containers, makes, planned, unwell } from "../../support/host.ts";
import { runFolder } from "../../support/printed.ts";
import { expectPlannedRights, workersOf } from "../../support/rights.ts";
import { expectNoDrift, onHost, project, pulumi, STACK, succeed, up } from "../../support/sandbox.ts";
import { labelled } from "../../support/small.ts";
import { counts, countsLine, warnings } from "../../support/summary.ts";

let clone = "";
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

test("the image of the app has a user of its own, and yet each process has the planned rights alone", async () => {
  expect(
    await onHost(
      "docker inspect --format '{{.Image}}' web | xargs docker image inspect --format '{{.Config.User}}'\n",
    ),
  ).toBe("forwardemail\n");
  await expectPlannedRights();
  const workers = await workersOf("sni-router");
  expect(workers.length).toBeGreaterThan(0);
  for (const { user, effective } of workers) expect([user === 0, effective]).toEqual([false, 0n]);
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

/** apt's own log, and whether what it tells came after the machine was switched on. */
const PACKAGES = `log=/var/log/apt/history.log
cat $log
began=$(date --date "$(sed -n 's/^Start-Date: //p' $log | head -n 1)" +%s)
booted=$(date --date "$(systemctl show --property=UserspaceTimestamp --value)" +%s)
if [ "$began" -lt "$booted" ]; then echo "before the boot"; else echo "after the boot"; fi
`;

test("the first boot of the sandbox's first machine installed the packages from the archive", async () => {
  const seen = await onHost(PACKAGES);
  console.log(seen);
  for (const name of ["docker.io", "certbot", "python3-certbot-dns-cloudflare", "restic"])
    expect(seen).toMatch(new RegExp(`^Install: .*\\b${name}:`, "m"));
  const server = (await labelled(STACK)).find(({ text }) => text.startsWith("servers "));
  const record = join(runFolder, `hosts/server-${server?.id ?? ""}/host.json`);
  const { layers } = JSON.parse(readFileSync(record, "utf8")) as { layers: string[] };
  // A machine after the first has what was installed as a layer of its disk.
  expect(seen).toContain(layers.length === 1 ? "after the boot" : "before the boot");
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

test("the up from nothing warned of nothing, and neither does a plain preview of it all", async () => {
  const first = readFileSync(join(runFolder, "logs/deploy.log"), "utf8");
  expect(first).toMatch(/\+ \d+ created/);
  expect(warnings(first)).toEqual([]);
  const whole = await pulumi(["preview", "--diff"]);
  expect(whole.code).toBe(0);
  expect(warnings(whole.stdout + whole.stderr)).toEqual([]);
});

/** A plain `up`, and then a refreshed preview. */
async function expectNothingToDo(folder: string): Promise<void> {
  const printed = await up({ folder });
  console.log(`up: ${countsLine(printed)}`);
  expect(Object.keys(counts(printed))).toEqual(["unchanged"]);
  expect(warnings(printed)).toEqual([]);
  await expectNoDrift({ folder });
}

test("a second up changes nothing, and a refreshed preview has nothing to do", async () => {
  await expectNothingToDo(project);
});

/** The lines to type of a section of the guide. */
function typedIn(guide: string, section: string): string[] {
  const text = readFileSync(join(project, "docs/guides", guide), "utf8");
  const body = text.split(`\n## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
  return body.split("\n").flatMap((line) => /^ {4}(.*)$/.exec(line)?.[1] ?? []);
}

/** What the guide tells to keep away from the machine: the stack's file and the state folder. */
async function copiesOf(folder: string): Promise<void> {
  writeFileSync(join(folder, `Pulumi.${STACK}.yaml`), await succeed(["cat", `Pulumi.${STACK}.yaml`]));
  const state = join(runFolder, "pulumi/state/.pulumi");
  // Of the state what a run needs: other stacks' runs lock and write in the same folder meanwhile.
  for (const part of ["meta.yaml", `stacks/mailstead/${STACK}.json`])
    cpSync(join(state, part), join(folder, "mailstead-state/.pulumi", part), { recursive: true });
}

test("your machine is gone: what the guide names is enough, typed as it stands there, in a home that is empty", async () => {
  clone = mkdtempSync(join(tmpdir(), "mailstead-gone-"));
  const [home, copies] = [join(clone, "home"), join(clone, "copies")];
  for (const folder of [home, copies, join(home, ".pulumi")]) mkdirSync(folder);
  await copiesOf(copies);
  // The engine asks the system for the home, not HOME; plugins come by its own download, which the sandbox has not.
  symlinkSync(join(runFolder, "pulumi/home/plugins"), join(home, ".pulumi/plugins"));
  const secrets = {
    PULUMI_CONFIG_PASSPHRASE: "pulumi/passphrase",
    HCLOUD_TOKEN: "cloud/hetzner.token",
    CLOUDFLARE_API_TOKEN: "cloud/cloudflare.token",
  };
  const lines = typedIn("disaster.md", "Your machine is gone").map((line) => {
    if (line.startsWith("npm ")) return `ln -sfn ${project}/node_modules node_modules`;
    const secret = Object.entries(secrets).find(([name]) => line === `export ${name}='…'`);
    if (secret !== undefined) return `export ${secret[0]}="$(cat ${join(runFolder, secret[1])})"`;
    return line.replace("REPOSITORY", project).replace("COPY", copies).replace("example-com", STACK);
  });
  expect(lines.length).toBeGreaterThan(10);
  const ours = [
    "HCLOUD_TOKEN",
    "CLOUDFLARE_API_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_BACKEND_URL",
    "PULUMI_HOME",
  ];
  const script = [
    "set -euo pipefail",
    `unset ${ours.join(" ")}`,
    `export HOME=${home}`,
    `export PULUMI_HOME=${home}/.pulumi`,
    ...lines,
  ].join("\n");
  const printed = await succeed(["bash", "-s"], { cwd: clone, input: `${script}\n` });
  console.log(printed.split("\n").slice(-8).join("\n"));
  expect(existsSync(join(clone, "mailstead/.mailstead", STACK, "deploy_key"))).toBe(true);
  // With the state itself in place of its copy, an `up` has nothing to do either.
  await expectNothingToDo(join(clone, "mailstead"));
});
