/**
 * Proves: the order in which the command has registry, engine and host do their parts, on the way there, on the way back and
 * where it goes on with what was cut off; what is said beforehand; that file and engine remember the old images again after a way
 * back; exit codes; and that nothing is done without agreement, with edits that wait, or where a guard refuses.
 * Cannot prove: what a host does (upgrade.long.test.ts) and what the engine does, since `ssh` and `pulumi` are played by
 * scripts; the sandbox's lives do (test/sandbox/others/upgrade.ts).
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readDeployed } from "../../../stack/guards/deployed.ts";
import { IMAGE_ROLES } from "../../../stack/model/imageRoles.ts";
import { planOf } from "../stack/support/planOf.ts";
import { rawWith, type Raw } from "../stack/support/validRaw.ts";
import { fakeRegistry, type FakeRegistry } from "../verify/preflight/registry/fakeRegistry.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

let registry: FakeRegistry;
let project: Project;
let images: Record<string, { repository: string; tag?: string; digest: string }>;
let newer: string;

const at = (name: string): string => join(project.folder, name);
const read = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : "");
const file = (): string => read("Pulumi.good.yaml");
const calls = (): string[] => read("calls").split("\n").filter(Boolean);

const LIVE = {
  accounts: 1,
  members: 1,
  left: [],
  domain: { token: "Abcdefghij", verifications: ["Abcdefghij"] },
};
const DOMAIN = { selector: "fe-1a2b3c", bits: 2048, isKeyAnswered: true };

function live(state: object): void {
  writeFileSync(at("live"), `{}\nmailstead state ${JSON.stringify(state)}\nsignup 401\n`);
}

/** What the host says of an upgrade. */
function host(state: object): void {
  const none = { phase: "", from: "", to: "", begun: "", changes: null, closed: false };
  writeFileSync(
    at("host"),
    JSON.stringify({ ...none, kilobytes: 2048, freeKilobytes: 9000, reflink: true, ...state }),
  );
}

function containers(raw: Raw): void {
  const lines = planOf(raw).containers.map(({ name: Names }) =>
    JSON.stringify({ Names, State: "running", Status: "Up (healthy)" }),
  );
  writeFileSync(at("containers"), `${lines.join("\n")}\n`);
}

/** The engine's state: the stack remembers what it deployed, as an `up` of the coming release leaves it where it fails late. */
function remember(tag: string, digest: string): void {
  const deployed = `json ${JSON.stringify({
    domain: "example.com",
    images: { app: { tag, digests: { "v1.9.0": images["app"]?.digest, [tag]: digest } } },
  })}`;
  const resources = [
    {
      urn: "urn:pulumi:good::mailstead::pulumi:pulumi:Stack::s",
      type: "pulumi:pulumi:Stack",
      outputs: { deployed },
    },
  ];
  writeFileSync(at("state"), JSON.stringify({ version: 3, deployment: { resources } }));
}

const remembered = () => {
  const { deployment } = JSON.parse(read("state")) as { deployment: { resources: { outputs: object }[] } };
  return readDeployed((deployment.resources[0]?.outputs ?? {}) as Record<string, unknown>).images?.app;
};

/** A host that is started anew in the middle of a part, once: the part is lost, and the boot is another. */
const LOST = `lost() {
  [ "$(cat "$HOME/lost" 2>/dev/null)" = "$1" ] || return 0
  rm "$HOME/lost"; echo again >>"$HOME/boots"; exit 255
}`;

const SSH = `
words="$*"; words=\${words##*203.0.113.10 }
note() { echo "$1" >>"$HOME/calls"; }
${LOST}
case "$words" in
*"bash -s"*) script=$(cat)
  case "$script" in
  *announce*) note announce; echo "$script" >"$HOME/announced" ;;
  *"upgrade.sh look"*) cat "$HOME/host" ;;
  *"{{json .}}"*) cat "$HOME/containers" ;;
  *askState*) cat "$HOME/live" ;;
  *"docker ps --all"*) cat "$HOME/there" 2>/dev/null || true ;;
  *"docker version"*) cat "$HOME/boots" 2>/dev/null || true ;;
  *) echo "unexpected: $script" >&2; exit 9 ;;
  esac ;;
*"docker pull"*) note "pull $(echo "\${words##*@}" | tr -d "'")"; [ ! -e "$HOME/no-pull" ] ;;
*upgrade.sh*) verb=$(echo "\${words##*upgrade.sh }" | tr -d "'"); note "$verb"; lost "$verb"; [ ! -e "$HOME/no-$verb" ] ;;
*) echo "unexpected: $words" >&2; exit 9 ;;
esac`;

/** The release that the file names when \`up\` runs is noted; one that is named in \`broken\` fails. Its folder is what the host has then. */
const PULUMI = `
${LOST}
case "$*" in
"stack output"*) echo '{"addresses":{"ipv4":"203.0.113.10"}}' ;;
"stack export"*) cat "$HOME/state" ;;
"stack import"*) cat >"$HOME/state.new"; mv "$HOME/state.new" "$HOME/state"; echo import >>"$HOME/calls" ;;
preview*) cat "$HOME/steps" ;;
refresh*) echo "$*" >>"$HOME/calls" ;;
up*) release=$(sed -n 's/.*release: //p' "$HOME/Pulumi.good.yaml"); echo "up $release" >>"$HOME/calls"
  lost "up $release"
  cp "$HOME/$release/"* "$HOME/" 2>/dev/null || true
  case "$(cat "$HOME/broken" 2>/dev/null)" in *$release*) exit 255 ;; esac ;;
*) echo "unexpected: $*" >&2; exit 9 ;;
esac`;

beforeEach(async () => {
  registry = await fakeRegistry();
  project = makeProject();
  const digests = IMAGE_ROLES.map((role) => [
    role,
    registry.push({ app: "v1.9.0", nginx: "1.28", mongo: "8.0", redis: "8.2" }[role], {}),
  ]);
  images = Object.fromEntries(
    digests.map(([role = "", digest = ""]) => [role, { repository: `${registry.host}/a/${role}`, digest }]),
  );
  newer = registry.push("v1.10.0", { labels: { a: "another" } });
  const raw = rawWith({ "mail.release": "v1.9.0", "mail.images": images });
  project.stack("good", raw);
  mkdirSync(at(".mailstead/good"), { recursive: true });
  for (const name of ["deploy_key", "known_hosts"]) writeFileSync(at(`.mailstead/good/${name}`), "");
  writeFileSync(at("steps"), '{"steps":[]}');
  containers(raw);
  host({});
  live({ ...LIVE, domain: { ...LIVE.domain, ...DOMAIN } });
  for (const release of ["v1.9.0", "v1.10.0"]) mkdirSync(at(release));
  for (const name of ["live", "containers"]) copyFileSync(at(name), at(`v1.9.0/${name}`));
  remember("v1.10.0", newer);
  project.program("ssh", SSH);
  project.pulumi(PULUMI);
});
afterEach(() => {
  project.remove();
  registry.close();
});

function upgrade(...args: readonly string[]): Promise<Ran> {
  return project.run(["upgrade", "--stack", "good", ...args]);
}

/** One that the host knows. */
function cutOff(phase: string): void {
  const changes = [
    { key: "mail.release", from: "v1.9.0", to: "v1.10.0" },
    { key: "mail.images.app.digest", from: images["app"]?.digest, to: newer },
  ];
  const kept = { changes, live: { ...LIVE, domain: { ...LIVE.domain, ...DOMAIN } } };
  host({ phase, from: "v1.9.0", to: "v1.10.0", begun: "2026-01-02T03:04:05Z", changes: kept, closed: true });
}

const PULLS = () =>
  [newer, ...["nginx", "mongo", "redis"].map((role) => images[role]?.digest ?? "")].map(
    (one) => `pull ${one}`,
  );

describe("a good release", () => {
  test("is said beforehand, pulled while the old one runs, deployed, looked at, and ended", async () => {
    const { code, stdout, stderr } = await upgrade("--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(calls()).toEqual(["announce", ...PULLS(), "up v1.10.0", "check", "end"]);
    expect(file()).toContain("release: v1.10.0");
    expect(stdout).toContain("from v1.9.0 to v1.10.0");
    expect(stdout).toContain("no backup first");
    expect(stdout).toContain("the data (2.0 MiB) are cloned on the volume, without copying");
    expect(stdout).toMatch(/12 containers are made anew.*smtp/);
    expect(stdout).toMatch(/^v1\.10\.0 runs, and the ports are open\.$/m);
    expect(existsSync(at(".mailstead/good/upgrade"))).toBe(false);
    expect(read("announced")).toMatch(/announce' 'v1\.9\.0' 'v1\.10\.0' <<[\s\S]*"key":"mail\.release"/);
  });

  test("that runs already is nothing to do", async () => {
    const { code, stdout } = await upgrade("v1.9.0", "--yes");
    expect([code, stdout]).toEqual([0, expect.stringContaining("there is nothing to upgrade")]);
    expect(calls()).toEqual([]);
  });

  test("with --json is one document", async () => {
    const { code, stdout } = await upgrade("--yes", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "upgraded", from: "v1.9.0", to: "v1.10.0" });
  });
});

describe("nothing is changed", () => {
  let before: string;
  beforeEach(() => {
    before = file();
  });
  afterEach(() => {
    expect(file()).toBe(before);
    expect(calls().filter((line) => line.startsWith("up"))).toEqual([]);
  });

  test("in a dry run, which says how the data would be copied on a disk", async () => {
    host({ reflink: false });
    const { code, stdout } = await upgrade("--dry-run");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/the data \(2\.0 MiB\) are copied[\s\S]*Nothing was changed/),
    ]);
    expect(JSON.parse((await upgrade("--dry-run", "--json")).stdout)).toMatchObject({
      ...{
        outcome: "dry-run",
        from: "v1.9.0",
        to: "v1.10.0",
        snapshot: { kind: "copy", kilobytes: 2048 },
        backup: null,
      },
    });
    expect(calls()).toEqual([]);
  });

  test("with --json alone: 3", async () => {
    expect((await upgrade("--json")).code).toBe(3);
  });

  test("without a terminal and --yes: 2", async () => {
    const { code, stderr } = await upgrade();
    expect([code, stderr]).toEqual([2, expect.stringContaining("add --yes, or --dry-run")]);
  });

  test("while other edits wait", async () => {
    const urn = "urn:pulumi:good::mailstead::a$hcloud:index/firewall:Firewall::firewall";
    writeFileSync(at("steps"), JSON.stringify({ steps: [{ op: "update", urn, diffReasons: ["rules"] }] }));
    const { code, stderr } = await upgrade("--yes");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/edits that wait[\s\S]*update Firewall firewall \(rules\)/),
    ]);
  });

  test("where a guard refuses: an older major", async () => {
    registry.push("v0.9.0", { labels: { a: "old" } });
    const { code, stderr } = await upgrade("v0.9.0", "--yes");
    expect([code, stderr]).toEqual([1, expect.stringContaining("v0.9.0 is older than")]);
  });

  test("where an image cannot be pulled: the host forgets it", async () => {
    writeFileSync(at("no-pull"), "");
    expect((await upgrade("--yes")).code).toBe(1);
    expect(calls().at(-1)).toBe("back");
  });

  test("on a disk without room for the copy", async () => {
    host({ reflink: false, freeKilobytes: 1000 });
    const { code, stderr } = await upgrade("--yes");
    expect([code, stderr]).toEqual([1, expect.stringContaining("the copy of the data needs 2 MiB")]);
  });

  test("on a host of an earlier version", async () => {
    writeFileSync(at("host"), "");
    const { code, stderr } = await upgrade("--yes");
    expect([code, stderr]).toEqual([1, expect.stringContaining("by a version without upgrades")]);
  });
});

describe("a release that fails", () => {
  const BACK = ["back", "import", "up v1.9.0", "check", "end"];

  async function expectReturned(reason: string | RegExp): Promise<void> {
    const before = file();
    const { code, stderr } = await upgrade("--yes");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("v1.10.0 did not pass, and v1.9.0 is back with its data"),
    ]);
    expect(stderr).toMatch(reason);
    expect(file()).toBe(before);
    // The data are of the old release, and the guard against older images knows it.
    expect(remembered()).toMatchObject({ tag: "v1.9.0" });
  }

  test("in the engine's run is taken back: data, file, what the engine remembers, containers", async () => {
    writeFileSync(at("broken"), "v1.10.0");
    await expectReturned(/pulumi up ended with 255/);
    expect(calls()).toEqual(["announce", ...PULLS(), "up v1.10.0", ...BACK]);
  });

  test.each([
    ["the domain", { accounts: 1, members: 0, left: [] }, /does not know example\.com any more/],
    [
      "an account",
      { ...LIVE, accounts: 0, domain: { ...LIVE.domain, ...DOMAIN } },
      /accounts: 1 before, 0 now/,
    ],
    [
      "an address",
      { ...LIVE, left: [{ code: "alias-missing", about: "you" }], domain: { ...LIVE.domain, ...DOMAIN } },
      /you/,
    ],
  ])("as it took away %s is taken back", async (_what, state, reason) => {
    writeFileSync(at("v1.10.0/live"), `{}\nmailstead state ${JSON.stringify(state)}\nsignup 401\n`);
    await expectReturned(reason);
    expect(calls()).toEqual(["announce", ...PULLS(), "up v1.10.0", "check", ...BACK]);
  });

  test("as its container ends again and again is taken back, with the last line of its log", async () => {
    const others = read("containers").replace(/\{"Names":"mx"[^\n]*\n/, "");
    const mx = '{"Names":"mx","State":"restarting","Status":"Restarting (1)"}';
    writeFileSync(at("v1.10.0/containers"), `${others}${mx}\n== mx\n| Error: no such index\n`);
    await expectReturned(/container mx: Restarting \(1\) \(Error: no such index\)/);
  });

  test("and whose deploy was cut off while Docker removed a container: the engine looks at it again, and at no other", async () => {
    writeFileSync(at("broken"), "v1.10.0");
    const { deployment } = JSON.parse(read("state")) as { deployment: { resources: object[] } };
    const type = "docker:index/container:Container";
    for (const [name, id] of [
      ["mx", "0a1b"],
      ["smtp", "2c3d"],
    ])
      deployment.resources.push({ urn: `urn:pulumi:good::mailstead::${type}::${name ?? ""}`, type, id });
    writeFileSync(at("state"), JSON.stringify({ version: 3, deployment }));
    writeFileSync(at("there"), "0a1b mx\n");
    await expectReturned(/pulumi up ended with 255/);
    expect(calls().filter((call) => call.startsWith("refresh"))).toEqual([
      `refresh --yes --skip-preview --skip-pending-creates --target urn:pulumi:good::mailstead::${type}::smtp --stack good --non-interactive`,
    ]);
    const order = calls().map((call) => call.split(" ")[0]);
    expect(order.slice(-5)).toEqual(["refresh", "import", "up", "check", "end"]);
  });

  test("and an old release that is not well afterwards: 4, what is wrong with it, and why it went back", async () => {
    writeFileSync(at("broken"), "v1.10.0");
    writeFileSync(at("v1.9.0/containers"), read("containers").replace(/\{"Names":"mx"[^\n]*\n/, ""));
    const { code, stderr } = await upgrade("--yes");
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(
        /v1\.9\.0 is back with its data, and is not well:\n +container mx: is not there\nv1\.10\.0 did not pass[\s\S]*mailstead status/,
      ),
    ]);
    expect(calls().at(-1)).toBe("end");
  });

  test.each([
    ["back", ["back", ...BACK]],
    ["up v1.9.0", ["back", "import", "up v1.9.0", ...BACK.slice(1)]],
    ["check", [...BACK.slice(0, -1), ...BACK.slice(1)]],
    ["end", [...BACK, ...BACK.slice(1)]],
  ])(
    "and a host that is powered off on the way back, in `%s`: once it is there again, that part once more",
    async (part, way) => {
      writeFileSync(at("broken"), "v1.10.0");
      writeFileSync(at("lost"), part);
      await expectReturned(/pulumi up ended with 255/);
      expect(calls()).toEqual(["announce", ...PULLS(), "up v1.10.0", ...way]);
    },
  );

  test("and whose way back fails too ends with 4, and says what goes on from there", async () => {
    writeFileSync(at("broken"), "v1.10.0 v1.9.0");
    const { code, stderr } = await upgrade("--yes");
    expect([code, stderr]).toEqual([4, expect.stringContaining("the ports stay closed")]);
    expect(read(".mailstead/good/upgrade")).toBe("from v1.9.0 to v1.10.0\n");
    expect(stderr).toContain("upgrade --back");
    rmSync(at("broken"));
    cutOff("restored");
    expect((await upgrade("--yes")).code).toBe(0);
    expect(calls().slice(-5)).toEqual(BACK);
  });
});

describe("one that was cut off", () => {
  test("goes on by the same command, also where the file is of another machine", async () => {
    cutOff("cloned");
    const { code, stdout } = await upgrade("--yes");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "the upgrade from v1.9.0 to v1.10.0 of 2026-01-02T03:04:05Z is not ended: v1.10.0 is not proved",
    );
    expect(calls()).toEqual([...PULLS(), "up v1.10.0", "check", "end"]);
    expect(file()).toContain("release: v1.10.0");
  });

  test.each([["--back"], ["v1.9.0"]])("goes back by %s", async (word) => {
    const before = file();
    cutOff("cloned");
    expect((await upgrade(word, "--yes")).code).toBe(0);
    expect(calls()).toEqual(["back", "import", "up v1.9.0", "check", "end"]);
    expect(file()).toBe(before);
  });

  test("comes before another", async () => {
    cutOff("cloned");
    const { code, stderr } = await upgrade("v2.0.0", "--yes");
    expect([code, stderr]).toEqual([2, expect.stringContaining("the upgrade to v1.10.0 comes first")]);
    expect(calls()).toEqual([]);
  });

  test("is told by a dry run", async () => {
    cutOff("cloned");
    const { code, stdout } = await upgrade("--dry-run");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("goes on with v1.10.0, and back to v1.9.0 where that fails"),
    ]);
    expect(calls()).toEqual([]);
  });
});
