/** The small stack: the real component over a cut-down plan, in a project of its own, that broken runs are tried on. */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { paths } from "../../sandbox/groundPlan.ts";
import { olderAppFile, runFolder } from "./printed.ts";
import { inside, project, sshCommand, waitFor, type Ended } from "./sandbox.ts";
import { readState, readStateOutputs } from "./stateFile.ts";
import { cloudflare, hetzner, recordsPath } from "./vendors.ts";

// A test file may tell the life of another one. Vitest gives each file modules of its own: what is set here holds for it alone.
/** Name of the small stack. */
export let STACK = "small";
/** Its mail domain, a zone at Cloudflare. */
export let DOMAIN = "example.net";
/** The project of small stacks. */
export const smallProject: string = join(project, "test/sandbox/programs/small");
const stackFile = (): string => join(smallProject, `Pulumi.${STACK}.yaml`);

/** Another small stack, in a zone of its own. To be called before the parts of the life are imported. */
export function smallAs(stack: string, domain: string): void {
  [STACK, DOMAIN] = [stack, domain];
}
const requestLog = join(runFolder, "cloud/requests.jsonl");
const cli = join(project, "cli/mailstead.js");

interface BuiltImage {
  readonly reference: string;
  readonly digest: string;
}

function readPin({ reference, digest }: BuiltImage): { tag: string; digest: string } {
  return { tag: reference.slice(reference.lastIndexOf(":") + 1), digest };
}

/** Tag and digest of each image that the sandbox built, as a configuration has them. */
export function builtImages(): Record<string, { tag: string; digest: string }> {
  const built = JSON.parse(readFileSync(join(runFolder, "images.json"), "utf8")) as Record<
    string,
    BuiltImage
  >;
  return Object.fromEntries(Object.entries(built).map(([role, image]) => [role, readPin(image)]));
}

/** Tag and digest of the app image of the older kind, which has no user of its own. */
export function olderApp(): { tag: string; digest: string } {
  return readPin(JSON.parse(readFileSync(olderAppFile, "utf8")) as BuiltImage);
}

/** A whole configuration for the sandbox, for another domain than the stack `dev`. JSON is YAML. */
export function sandboxConfig(domain: string, mail: object = {}): object {
  return {
    "mailstead:domain": domain,
    "mailstead:email": "postmaster@outside.test",
    "mailstead:onboarding": "by-hand",
    "mailstead:server": {
      location: "nbg1",
      image: "debian-13",
      adminNetworks: ["203.0.113.0/24", "2001:db8:203::/64"],
      disposable: true,
      swapMib: 0,
    },
    "mailstead:mail": { release: "v1.0.0", images: builtImages(), ...mail },
    // As an earlier version had it; where a life is about the data, it changes this.
    "mailstead:data": { kind: "disk", sizeGb: 10 },
    "mailstead:certificates": { method: "dns-01", directory: "letsencrypt", propagationSeconds: 2 },
    "mailstead:protect": "false",
  };
}

/** Writes the stack's file and makes the stack; nothing is at the vendors yet. */
export async function makeSmall(config: object = sandboxConfig(DOMAIN)): Promise<void> {
  await endSmall();
  writeFileSync(stackFile(), JSON.stringify({ config }, undefined, 2));
  mustSucceed(await small(["stack", "select", "--create"], []));
}

/** Loses the state, with all that is kept beside it; what it knew stays at the vendors. */
export async function loseState(): Promise<void> {
  mustSucceed(await small(["stack", "rm", "--force", "--yes", "--preserve-config"], []));
  rmSync(join(smallProject, ".mailstead", STACK), { recursive: true, force: true });
  mustSucceed(await small(["stack", "select", "--create"], []));
}

/** Does what `mailstead import` printed as the next step, without asking. */
export async function importAsTold(printed: string): Promise<string> {
  const next = /pulumi import --file \S+/.exec(printed)?.[0] ?? "";
  const quietly = ["--generate-code=false", "--yes", "--skip-preview"];
  return mustSucceed(await small([...next.split(" ").slice(1), ...quietly]));
}

/** Takes the stack away, whatever state it is in; what bears its label at the vendor goes too. */
export async function endSmall(): Promise<void> {
  // A sandbox that is gone has taken the stack with it, and left the file.
  if (existsSync(stackFile()) && (await small(["stack"], [])).code === 0) {
    await small(["cancel", "--yes"]);
    await mailstead(["preflight", "--fix", "--yes"]);
    mustSucceed(await small(["destroy", "--yes", "--skip-preview"]));
    mustSucceed(await small(["stack", "rm", "--yes"], []));
  }
  rmSync(stackFile(), { force: true });
  rmSync(join(smallProject, ".mailstead", STACK), { recursive: true, force: true });
}

export function mustSucceed(ended: Ended): string {
  if (ended.code === 0) return ended.stdout;
  throw new Error(`ended with ${ended.code}\n${ended.stdout.slice(-6000)}\n${ended.stderr.slice(-2000)}`);
}

/** `pulumi COMMAND … --stack small`, whatever its exit code. */
export function small(
  args: readonly string[],
  more: readonly string[] = ["--non-interactive"],
  input?: string,
): Promise<Ended> {
  const options = { cwd: smallProject, ...(input === undefined ? {} : { input }) };
  return inside(["pulumi", ...args, ...more, "--stack", STACK], options);
}

/** `mailstead COMMAND … --stack small`, from the small project's folder. */
export function mailstead([command, ...args]: readonly [string, ...string[]]): Promise<Ended> {
  return inside(["node", cli, command, "--stack", STACK, ...args], { cwd: smallProject });
}

/** Runs a script on the server and returns what it prints. */
export async function onSmall(script: string): Promise<string> {
  return mustSucceed(await inside(sshCommand(STACK), { cwd: smallProject, input: script }));
}

/** The vendors at which the sandbox knows another customer. */
type OtherVendor = "hetzner" | "cloudflare";

const TOKEN_VARIABLES: Readonly<Record<OtherVendor, string>> = {
  hetzner: "HCLOUD_TOKEN",
  cloudflare: "CLOUDFLARE_API_TOKEN",
};

/** Runs a command in the small project's folder with the other customer's token, which stands in no argument. */
function asOther(vendor: OtherVendor, command: readonly string[]): Promise<Ended> {
  const variable = TOKEN_VARIABLES[vendor];
  const script = `${variable}=$(<"$1"); export ${variable}; shift; exec "$@"`;
  return inside(["bash", "-c", script, "as-other", paths.otherTokens[vendor], ...command], {
    cwd: smallProject,
  });
}

/** `pulumi COMMAND … --stack small` with the other customer's token. */
export function smallAsOther(vendor: OtherVendor, args: readonly string[]): Promise<Ended> {
  return asOther(vendor, ["pulumi", ...args, "--non-interactive", "--stack", STACK]);
}

/** `mailstead COMMAND … --stack small` with the other customer's token. */
export function mailsteadAsOther(
  vendor: OtherVendor,
  [command, ...args]: readonly [string, ...string[]],
): Promise<Ended> {
  return asOther(vendor, ["node", cli, command, "--stack", STACK, ...args]);
}

/** Requests with the other customer's tokens that could change something, logged after a length. */
export function changesByOther(end: number): string[] {
  return readFrom(requestLog, end)
    .split("\n")
    .filter((line) => line.includes('"account":"other"') && !line.includes('"method":"GET"'));
}

/** A plain `up` that must succeed; returns what it printed. */
export async function upSmall(): Promise<string> {
  return mustSucceed(await small(["up", "--yes", "--skip-preview"]));
}

/** Addresses of the server. */
export function smallAddresses(): { ipv4: string; ipv6: string } {
  return readStateOutputs(STACK)["addresses"] as { ipv4: string; ipv6: string };
}

/** Both containers, as the host's docker tells them. */
export async function expectHealthy(): Promise<string> {
  const seen = await onSmall("docker ps --format '{{.Names}} {{.Status}}'");
  const lines = seen.trim().split("\n").sort();
  const healthy =
    lines.length === 2 && lines.every((line) => /^(mongodb|redis) Up .*\(healthy\)$/.test(line));
  if (!healthy) throw new Error(`not two healthy containers:\n${seen}`);
  return lines.join(", ");
}

/** A thing at a vendor; the text says what it is. */
interface AtVendor {
  readonly id: string;
  readonly text: string;
}

/** What bears a stack's label at Hetzner: `kind id name`. */
export async function labelled(stack: string): Promise<AtVendor[]> {
  const found: AtVendor[] = [];
  for (const kind of ["servers", "primary_ips", "firewalls", "ssh_keys", "volumes"]) {
    const answer = (await hetzner(`${kind}?label_selector=mailstead%3D%3D${stack}`)) as Record<
      string,
      { id: number; name: string }[]
    >;
    for (const { id, name } of answer[kind] ?? [])
      found.push({ id: String(id), text: `${kind} ${id} ${name}` });
  }
  return found;
}

/** What bears the small stack's label, and every record of its zone at Cloudflare but the zone's own NS and SOA. */
export async function atVendors(): Promise<AtVendor[]> {
  const { result } = (await cloudflare(`${await recordsPath(DOMAIN)}?per_page=500`)) as {
    result: { id: string; type: string; name: string }[];
  };
  const texts = result.map(({ id, type, name }) => ({ id, text: `record ${type} ${name}` }));
  return [...(await labelled(STACK)), ...texts];
}

/** Ids in the state, and its operations that never ended. */
export function stateOf(): { ids: Set<string>; pending: string[] } {
  const state = readState(STACK);
  return {
    ids: new Set((state.resources ?? []).flatMap(({ id }) => (id === undefined ? [] : [id]))),
    pending: (state.pending_operations ?? []).map(
      ({ type, resource }) => `${type} ${resource.urn.slice(resource.urn.lastIndexOf("::") + 2)}`,
    ),
  };
}

/** Takes away at the vendors all that is there of the stack, and its state: as if it had never been. */
export async function forgetAll(): Promise<void> {
  const path = await recordsPath(DOMAIN);
  // What is attached goes before what it is attached to.
  const things = (await atVendors()).toSorted((one, other) => rank(one) - rank(other));
  for (const { id, text } of things) {
    const [kind = ""] = text.split(" ");
    if (kind === "record") await cloudflare(`${path}/${id}`, "DELETE");
    else await hetzner(`${kind}/${id}`, "DELETE");
    if (kind === "servers")
      await waitFor(
        "the server to be gone",
        30,
        async () => !(await atVendors()).some((one) => one.id === id),
      );
  }
  await loseState();
}

function rank({ text }: AtVendor): number {
  return text.startsWith("servers ") ? 0 : 1;
}

/** What is at the vendors and not in the state. */
export async function orphans(): Promise<string[]> {
  const [things, { ids }] = [await atVendors(), stateOf()];
  return things.filter(({ id }) => !ids.has(id)).map(({ text }) => text);
}

/** A line of the vendors' request log, as far as a test looks at it. */
export interface Request {
  readonly vendor: string;
  readonly method: string;
  readonly path: string;
  readonly status?: number;
  readonly fault?: string;
  readonly body?: { readonly name?: string };
}

/** Length of the request log now; what comes later is read from there. */
export function logEnd(): number {
  return statSync(requestLog).size;
}

/** What the small stack orders at the vendors bears one of these names; other stacks are at work beside it. */
export function orderedBySmall(): string {
  return String.raw`"name":"(mailstead-${STACK}[^"]*|([\w-]+\.)*${DOMAIN.replace(".", String.raw`\.`)})"`;
}

/** Orders of the small stack that were logged after a length. */
export function requestsSince(end: number): Request[] {
  const ours = new RegExp(orderedBySmall());
  return readFrom(requestLog, end)
    .split("\n")
    .slice(0, -1)
    .filter((line) => ours.test(line))
    .map((line) => JSON.parse(line) as Request);
}

/** The end of a file that grows, from a place on: it is asked for every few milliseconds. */
function readFrom(file: string, place: number): string {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - place));
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, place)).toString();
  } finally {
    closeSync(descriptor);
  }
}
