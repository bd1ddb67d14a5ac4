/** The onboarding's program, as the deploy plans it, in the app's stand-in. */
import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import process from "node:process";
import { readAsset } from "../../../../components/assets.ts";
import { fill, type SlotName } from "../../../../stack/values/slots.ts";
import type { startMemoryMongo } from "../../../support/memoryMongo.ts";
import { APP } from "../../sandbox/images/support/inApp.ts";
import { planOf } from "../../stack/support/planOf.ts";
import { rawWith } from "../../stack/support/validRaw.ts";

export const COLLECTIONS = ["users", "domains", "aliases"];

/** Hash of all that the database has. */
export function hashOfAll(of: Awaited<ReturnType<typeof startMemoryMongo>>): string {
  const all = COLLECTIONS.map((name) => of.documents(name));
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

export const KEY = "0123456789abcdef0123456789abcdef";
export const DOMAIN = "example.com";
export const CONTACT = "ops@example.org";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Late values as the state would have them. */
export const VALUES: Readonly<Partial<Record<SlotName, string>>> = {
  helperKeyDigest: createHash("sha256").update(KEY).digest("hex"),
  accountPassword: "Vq7nTz3wKd9pLm2xRb5cYh8f",
  smtpTransportPassword: "Hs4gJw8kQz2vNd6tXc9mBp3rLf7yTa5e",
  siteVerification: "aB3dE6gH9jK2mN5pQ8sT",
  domainDkimPublicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  domainDkimPrivateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
  "mailboxPassword.you": "Zr6bWx1uCq4jFk8nPv2sGd7m",
};

const MAILBOXES = [{ name: "you" }, { name: "info", forwardTo: ["you@example.net", "they@example.net"] }];

/** What the step reads, as the plan of these mailboxes has it. */
export function settingsText(changes: Readonly<Record<string, unknown>> = {}): string {
  const plan = planOf(rawWith({ onboarding: "automatic", mailboxes: MAILBOXES, ...changes }));
  const input = plan.lastSteps.find(({ role }) => role === "onboarding")?.input ?? [];
  return fill(input, (name) => {
    const value = VALUES[name];
    if (value === undefined) throw new Error(`no value of ${name} here`);
    return value;
  });
}

/** The pieces in the order in which the script on the host hands them over. */
function program(): string {
  const order = [...readAsset("onboarding.sh").matchAll(/\$scripts\/(onboarding[\w-]*\.cjs)/g)];
  return order.map(([, name = ""]) => readAsset(name)).join("");
}

export interface Onboarded {
  /** Our own lines, without their mark. */
  readonly lines: readonly string[];
  /** All that it printed. */
  readonly printed: string;
  readonly code: number | string | null;
}

interface Run {
  readonly settings?: string;
  /** JavaScript that runs first, such as what changes the models. */
  readonly before?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs it to its end. */
export function onboard(
  uri: string,
  { settings = settingsText(), before = "", variables = {} }: Run = {},
): Promise<Onboarded> {
  return runInApp(uri, `${before}\n${program()}\nglobalThis.mailstead.run(${settings});\n`, variables);
}

/** Runs a program that prints lines of ours. */
export function runInApp(
  uri: string,
  text: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Onboarded> {
  const env = {
    PATH: process.env["PATH"],
    ENV_PATH: "/dev/null/.env",
    ...{ SELF_HOSTED: "true", WEB_HOST: DOMAIN, HELPER_ENCRYPTION_KEY: KEY, MONGO_URI: uri },
    ...variables,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["-"], { cwd: APP, env, timeout: 60_000 }, (error, out, err) => {
      const lines = out.split("\n").flatMap((line) => /^mailstead (.*)$/.exec(line)?.[1] ?? []);
      resolve({ lines, printed: out + err, code: error === null ? 0 : (error.signal ?? error.code ?? null) });
    });
    child.stdin?.end(text);
  });
}

/** Lines but the last one, which is the result. */
export function told({ lines }: Onboarded): readonly string[] {
  return lines.filter((line) => !line.startsWith("result "));
}

/** JavaScript that puts something in the place of a module of the app; without it the module is not found. */
export function replaced(path: string, by?: string): string {
  const answer = by ?? `(() => { throw new Error("Cannot find module '${path}'"); })()`;
  return `{ const Module = require("node:module"); const load = Module._load;
    Module._load = function (path, ...rest) { return path === "${path}" ? ${answer} : load.call(this, path, ...rest); }; }`;
}
