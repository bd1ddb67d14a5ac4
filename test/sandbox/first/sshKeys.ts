/**
 * Proves: who may be root by SSH is what the configuration says, one plain `up` after it says so: a person's key comes and
 * goes in place, and so does the deploy's own, step by step, with a step that fails half way and is repeated; a step that
 * is left out is refused before anything is done.
 * Cannot: prove that a connection which was open before a key went is closed; it is not.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { change } from "../../support/change.ts";
import { containers, madeAnew } from "../../support/host.ts";
import {
  expectNoDrift,
  inside,
  onHost,
  outputs,
  project,
  pulumi,
  setConfig,
  STACK,
  succeed,
  up,
} from "../../support/sandbox.ts";
import { hetzner } from "../../support/vendors.ts";

const AUTHORIZED = "/root/.ssh/authorized_keys";

let folder = "";
let person = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mailstead-keys-"));
  person = join(folder, "person");
  await succeed(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "Ada's laptop", "-f", person]);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Whether a key lets its owner in; what ssh says where it does not. */
async function letsIn(keyFile: string): Promise<string> {
  const { addresses } = outputs();
  const known = join(project, ".mailstead", STACK, "known_hosts");
  const settings = ["IdentitiesOnly=yes", "BatchMode=yes", `UserKnownHostsFile=${known}`, "ConnectTimeout=5"];
  const options = ["-F", "/dev/null", "-i", keyFile, ...settings.flatMap((one) => ["-o", one])];
  const { code, stderr } = await inside(["ssh", ...options, `root@${addresses.ipv4}`, "true"]);
  return code === 0 ? "yes" : (/Permission denied \(publickey\)/.exec(stderr)?.[0] ?? stderr);
}

async function removeConfig(path: string): Promise<void> {
  await succeed(["pulumi", "config", "rm", "--path", path, "--stack", STACK]);
}

/** What a preview says that waits for the next generation: day two has left something that does. */
async function waits(): Promise<readonly string[]> {
  const { stdout } = await pulumi(["preview"]);
  return [...new Set(stdout.match(/Waits for the next generation: [^.]*/g) ?? [])];
}

async function keysOnHost(): Promise<number> {
  return (await onHost(`cat ${AUTHORIZED}\n`)).match(/^ssh-/gm)?.length ?? 0;
}

/** Numbers of the deploy's keys, as the configuration gets them. */
async function setDeployKeys(numbers: readonly number[]): Promise<void> {
  await removeConfig("mailstead:server.deployKeys");
  for (const [at, number] of numbers.entries())
    await setConfig(`mailstead:server.deployKeys[${String(at)}]`, String(number));
}

describe("a person's key", () => {
  test("opens the host one up after it was listed, and nothing restarts", async () => {
    const before = await waits();
    await setConfig("mailstead:server.adminKeys[0]", readFileSync(`${person}.pub`, "utf8").trim());
    expect(await letsIn(person)).toBe("Permission denied (publickey)");
    expect(await waits()).toEqual(before);
    const { anew, restarted, done } = await change();
    expect({ anew, restarted, done }).toEqual({ anew: [], restarted: [], done: { updated: 1 } });
    expect(await letsIn(person)).toBe("yes");
  });
});

describe("the deploy's own key", () => {
  const keyFile = join(project, ".mailstead", STACK, "deploy_key");
  const copyOfKey = (name: string): string => {
    copyFileSync(keyFile, join(folder, name));
    return join(folder, name);
  };
  let first = "";

  test("is not changed in one step: the host would not know who knocks", async () => {
    first = copyOfKey("first");
    await setDeployKeys([2]);
    const refused = await pulumi(["up", "--yes", "--skip-preview"]);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("set [1, 2] and run `pulumi up`");
    expect(readFileSync(keyFile, "utf8")).toBe(readFileSync(first, "utf8"));
  });

  test("a first step that fails half way leaves the old key in use, and is repeated", async () => {
    await setDeployKeys([1, 2]);
    // A file that something is mounted on cannot be replaced.
    await onHost(`mount --bind ${AUTHORIZED} ${AUTHORIZED}\n`);
    const failed = await pulumi(["up", "--yes", "--skip-preview"]);
    expect(failed.code).not.toBe(0);
    expect(failed.stdout).toMatch(/authorized_keys.*busy/i);
    await onHost(`umount ${AUTHORIZED}\n`);
    await up();
    expect(await letsIn(first)).toBe("yes");
    expect(await keysOnHost()).toBe(3);
  });

  test("is used in the second, with a person's key and one added by hand gone; and no container is touched", async () => {
    const before = await containers();
    await onHost(`sed 's/Ada.*/by hand/' ${AUTHORIZED} >>${AUTHORIZED}\n`);
    await removeConfig("mailstead:server.adminKeys");
    await setDeployKeys([2, 1]);
    await up();
    expect(await letsIn(person)).toBe("Permission denied (publickey)");
    expect(await keysOnHost()).toBe(2);
    const second = copyOfKey("second");
    expect(readFileSync(second, "utf8")).not.toBe(readFileSync(first, "utf8"));
    expect([await letsIn(first), await letsIn(second)]).toEqual(["yes", "yes"]);
    expect(madeAnew(before, await containers())).toEqual([]);
  });

  test("is taken away in the third, and again nothing is touched", async () => {
    const before = await containers();
    const second = join(folder, "second");
    await setDeployKeys([2]);
    await up();
    expect([await letsIn(first), await letsIn(second)]).toEqual(["Permission denied (publickey)", "yes"]);
    expect(madeAnew(before, await containers())).toEqual([]);
    const { ssh_keys: keys } = (await hetzner("ssh_keys?label_selector=mailstead%3D%3Ddev")) as {
      ssh_keys: { name: string }[];
    };
    expect(keys.map(({ name }) => name)).toEqual(["mailstead-dev-deploy-key-2"]);
    await expectNoDrift();
  });
});
