/**
 * Proves: ordinary changes, several at once, take one plain `up`, are seen on the host or in the DNS itself, replace
 * nothing else, and leave an empty second preview; an `up` that fails before the first container is replaced leaves all running.
 * Containers run with the planned rights on an app image of the older kind, and a server from before rights were planned is
 * moved to the newer kind by one `up`, with every mail that it had.
 * Cannot: prove changes that no row here makes; that each alone does no more is shown on plans (docs/changeEffects.ts).
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { readDeployed } from "../../../stack/guards/deployed.ts";
import { change, type Change, ZONE_AS_BEFORE } from "../../support/change.ts";
import { containers, plannedNames, unwell } from "../../support/host.ts";
import { arrivedMail, hashMailbox, ownMailbox, sendFromOutside } from "../../support/people.ts";
import { runFolder } from "../../support/printed.ts";
import { changeSource, copyProject } from "../../support/projectCopy.ts";
import { expectPlannedRights } from "../../support/rights.ts";
import {
  expectNoDrift,
  inside,
  onHost,
  pulumi,
  setConfig,
  setConfigs,
  STACK,
  succeed,
  up,
  waitFor,
} from "../../support/sandbox.ts";
import { labelled, olderApp } from "../../support/small.ts";
import { readStateOutputs } from "../../support/stateFile.ts";
import { hetzner } from "../../support/vendors.ts";

const SELF_HOSTING = "/root/forwardemail.net/self-hosting";

/** A text of a source file, and what a release of ours would make of it. */
interface SourceChange {
  readonly file: string;
  readonly texts: readonly [string, string];
}

/** One plain up with source files of the product changed, a look, and another up with them as they were. */
async function withSources(changes: readonly SourceChange[], verify: () => Promise<void>): Promise<Change> {
  const copy = await copyProject();
  try {
    for (const { file, texts } of changes) changeSource(copy, file, texts);
    const changed = await change(copy);
    await verify();
    return changed;
  } finally {
    rmSync(copy.folder, { recursive: true, force: true });
    await up();
  }
}

/** The provider's firewall as it stands before the server's link. */
async function rulesAtHost(): Promise<string> {
  const server = (await labelled(STACK)).find(({ text }) => text.startsWith("servers "));
  return succeed(["nft", "list", "table", "bridge", `inbound_vb_server_${server?.id ?? ""}`]);
}

/** Mails in a mailbox, each as the hash of its text, once one more has arrived from outside. */
async function mailArrives(subject: string): Promise<readonly string[]> {
  const alice = await ownMailbox("alice");
  await sendFromOutside(alice.address, subject);
  await arrivedMail(alice, subject);
  return hashMailbox(alice);
}

const WEBSITE = {
  role: "website",
  type: "CNAME",
  name: "www",
  target: "pages.example.net",
  purpose: "The website",
};
const ASK_WEBSITE = ["dig", "+short", "@203.0.113.3", "www.example.com", "CNAME"];

/** Ours is the place where a change is made, and no other: the counts of each are those of all together. */
describe("one plain up for several changes", () => {
  test("a value of .env reaches its readers, an admin network both firewalls, a policy and a record the zone; nothing else changes", async () => {
    await setConfigs({
      "mailstead:mail.authUser": "keeper",
      "mailstead:server.adminNetworks[2]": "198.51.100.0/24",
      "mailstead:dns.dmarc.policy": "reject",
      ...Object.fromEntries(
        Object.entries(WEBSITE).map(([key, value]) => [`mailstead:dns.records[0].${key}`, value]),
      ),
    });
    const { anew, done, zone } = await change();

    expect(await onHost(`grep AUTH_BASIC_USERNAME ${SELF_HOSTING}/.env\n`)).toContain("keeper");
    expect(anew).toEqual(await plannedNames(({ reads }) => reads.includes("env")));
    // The file; the provider's firewall, the host's file and its loading; the policy; the record.
    expect(done).toEqual({ created: 1, updated: 1 + 2 + 1, replaced: anew.length + 1 });
    expect(zone).toEqual({ made: ["CNAME www.example.com"], gone: [], changed: ["TXT _dmarc.example.com"] });

    expect(await onHost("nft list set inet mailstead_firewall from_22_ip\n")).toContain("198.51.100.0/24");
    expect(JSON.stringify(await hetzner("firewalls?label_selector=mailstead%3D%3Ddev"))).toContain(
      "198.51.100.0/24",
    );
    expect(await rulesAtHost()).toContain("ip saddr 198.51.100.0/24 tcp dport 22 accept");
    expect(await succeed(["dig", "+short", "@203.0.113.3", "_dmarc.example.com", "TXT"])).toContain(
      "p=reject",
    );
    expect(await succeed(ASK_WEBSITE)).toBe("pages.example.net.\n");
  });

  test("nginx.conf and a health check, changed as a new release of ours would, reach their containers alone, and a record goes", async () => {
    await succeed(["pulumi", "config", "rm", "--path", "mailstead:dns.records", "--stack", "dev"]);
    const router = ["worker_connections 4096", "worker_connections 2048"] as const;
    const check = ['"ping"], ...TIMES', '"ping"], ...TIMES, intervalSeconds: 20'] as const;
    const { anew, done, zone } = await withSources(
      [
        { file: "stack/mail/nginxConf.ts", texts: router },
        { file: "stack/mail/healthChecks.ts", texts: check },
      ],
      async () => {
        expect(await onHost("docker exec sni-router cat /etc/nginx/nginx.conf\n")).toContain(router[1]);
        expect(await onHost("docker inspect --format '{{.Config.Healthcheck.Interval}}' redis\n")).toBe(
          "20s\n",
        );
      },
    );
    expect(anew).toEqual(["redis", "sni-router"]);
    expect(done).toEqual({ updated: 1, replaced: 2, deleted: 1 });
    expect(zone).toEqual({ ...ZONE_AS_BEFORE, gone: ["CNAME www.example.com"] });
    expect(await succeed(ASK_WEBSITE)).toBe("");
  });
});

/** What fails before the first container is replaced: how it is brought about, what is told of it, and its end. */
const FAILURES = {
  "a digest that the registry does not have": {
    digest: `sha256:${"0".repeat(64)}`,
    begin: ":",
    told: "manifest unknown",
    end: ":",
  },
  "a registry out of reach": {
    begin: "ip route add unreachable 203.0.113.4/32",
    told: "no route to host",
    end: "ip route del unreachable 203.0.113.4/32",
  },
  "a full disk": {
    begin:
      "mount -t tmpfs -o size=4k tmpfs /var/lib/docker/tmp; head -c 8192 /dev/zero >/var/lib/docker/tmp/full || :",
    told: "unable to find or pull image",
    end: "umount /var/lib/docker/tmp",
  },
  "a file that cannot be written": {
    begin: `mkdir -p ${SELF_HOSTING}/.env.new`,
    told: "cannot overwrite",
    end: `rm -r ${SELF_HOSTING}/.env.new`,
    authUser: "warden",
  },
} as const;

describe("another image", () => {
  let other = "";
  let first = { digest: "", authUser: "" };
  const configured = async (path: string): Promise<string> =>
    (await succeed(["pulumi", "config", "get", "--path", path, "--stack", STACK])).trim();
  const set = (digest: string): Promise<void> => setConfig("mailstead:mail.images.app.digest", digest);

  beforeAll(async () => {
    other = olderApp().digest;
    first = {
      digest: await configured("mailstead:mail.images.app.digest"),
      authUser: await configured("mailstead:mail.authUser"),
    };
  });

  afterEach(() =>
    setConfigs({
      "mailstead:mail.images.app.digest": first.digest,
      "mailstead:mail.authUser": first.authUser,
    }),
  );

  /** What the stack remembers of its images, for the guards of the next up. */
  const remembered = (): unknown => readDeployed(readStateOutputs(STACK)).images;

  test.each(Object.entries(FAILURES))("%s leaves every container running", async (_name, failure) => {
    const [before, images] = [await containers(), remembered()];
    expect(images).toHaveProperty(["app", "digests", "v1.0.0"], first.digest);
    await set("digest" in failure ? failure.digest : other);
    if ("authUser" in failure) await setConfig("mailstead:mail.authUser", failure.authUser);
    await onHost(`${failure.begin}\n`);
    const ended = await pulumi(["up", "--yes", "--skip-preview"]);
    await onHost(`${failure.end}\n`);
    console.log(ended.stdout.split("Diagnostics:")[1]?.slice(0, 1500));
    expect(ended.code).not.toBe(0);
    expect(ended.stdout).toContain(failure.told);
    expect(await containers()).toEqual(before);
    expect(await unwell()).toEqual([]);
    expect(remembered()).toEqual(images);
  });

  test("and taken back, the change leaves nothing", async () => {
    const { anew } = await change();
    expect(anew).toEqual([]);
  });

  test("preflight asks the registry, and names the digest that is right", async () => {
    const look = () => inside(["node", "cli/mailstead.js", "preflight", "--stack", STACK]);
    const well = await look();
    for (const role of ["app", "nginx", "mongo", "redis"])
      expect(well.stdout).toMatch(
        new RegExp(`^✓ image ${role}: .* has this digest at (ghcr|registry-1)`, "m"),
      );
    await set(`sha256:${"0".repeat(64)}`);
    const { code, stdout } = await look();
    console.log(stdout);
    expect(code).toBe(1);
    expect(stdout).toContain("has no image with this digest");
    expect(stdout).toContain(
      `the digest of v1.0.0 is ${first.digest}: \`./mailstead pin --release v1.0.0\` sets it`,
    );
  });

  test.each([
    [
      "a release with the digest of the old one",
      "mail.images.app.tag",
      "v1.1.0",
      "with it, v1.1.0 is v1.0.0 still",
    ],
    ["an older Mongo", "mail.images.mongo.tag", "7.0", "MongoDB 7.0 is older than 8.0"],
  ])("%s is refused before anything is declared", async (_name, key, value, reason) => {
    const before = await containers();
    const path = `mailstead:${key}`;
    const was = await configured(path);
    await setConfig(path, value);
    const ended = await pulumi(["up", "--yes", "--skip-preview"]);
    await setConfig(path, was);
    console.log(`${ended.stdout}${ended.stderr}`.slice(0, 1500));
    expect(ended.code).not.toBe(0);
    expect(`${ended.stdout}${ended.stderr}`).toContain(reason);
    expect(await containers()).toEqual(before);
  });

  test("an image digest replaces the containers of that image; the older kind has no user of its own", async () => {
    await set(other);
    first = { ...first, digest: other };
    const { anew, done, zone } = await change();
    const apps = await plannedNames(({ image }) => image === "app");
    expect(anew).toEqual(apps);
    // The containers and their image; the step that removes the old one, and the one by which an upgrade would begin.
    expect(done).toEqual({ updated: 2, replaced: apps.length + 1 });
    expect(zone).toEqual(ZONE_AS_BEFORE);
    expect(
      await onHost("docker inspect --format '{{.Config.Image}}' web; docker image ls --digests\n"),
    ).toContain(other);
    expect(remembered()).toHaveProperty(["app", "digests", "v1.0.0"], other);
    // What nothing runs from any more is gone, of our images alone: one for each that the plan names.
    const kept = await onHost("docker image ls --quiet --no-trunc | sort -u | wc -l\n");
    expect(kept.trim()).toBe("4");
    const user =
      "docker inspect --format '{{.Image}}' web | xargs docker image inspect --format '[{{.Config.User}}]'";
    expect(await onHost(`${user}\n`)).toBe("[]\n");
    await expectPlannedRights();
  });

  test("a server from before rights were planned is moved by one up, older image to newer, and keeps its mail", async () => {
    const copy = await copyProject();
    try {
      changeSource(copy, "components/containers.ts", ["...rightsArgs(container.rights),", ""]);
      await change(copy);
    } finally {
      rmSync(copy.folder, { recursive: true, force: true });
    }
    await expect(expectPlannedRights()).rejects.toThrow();
    const before = await mailArrives("before rights were planned");
    const { app } = JSON.parse(readFileSync(join(runFolder, "images.json"), "utf8")) as {
      app: { digest: string };
    };
    await set(app.digest);
    first = { ...first, digest: app.digest };
    const { anew, zone } = await change();
    expect(anew).toEqual(await plannedNames(() => true));
    expect(zone).toEqual(ZONE_AS_BEFORE);
    await expectPlannedRights();
    const after = await mailArrives("with the planned rights");
    for (const mail of before) expect(after).toContain(mail);
  });
});

test("the host reboots and comes back healthy by itself, and a command that waits for it is told", async () => {
  // Its end of this connection is stopped: nothing more is ever said on it.
  const waiting = inside(["node", "cli/mailstead.js", "ssh", "--stack", STACK, "--", "kill -STOP $PPID"]);
  const before = await onHost("cat /proc/sys/kernel/random/boot_id; stat -c %Z /proc/1\n");
  await onHost("systemd-run --on-active=1 --quiet systemctl reboot\n");
  await waitFor("the host to come back with every container healthy", 180, async () => {
    // One that is going down may never answer.
    const now = await onHost("cat /proc/sys/kernel/random/boot_id; stat -c %Z /proc/1\n", {
      limitSeconds: 4,
    });
    return now !== before && (await unwell()).length === 0;
  });
  expect((await waiting).code).toBe(255);
  expect(await onHost("nft list set inet mailstead_firewall opened\n")).toMatch(/\b25\b/);
  console.log(await onHost("uptime; docker ps --format '{{.Names}} {{.Status}}'\n"));
  await expectNoDrift();
});
