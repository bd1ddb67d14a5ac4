/** A host that is asked what the mail server has: its container is the app's stand-in, its files are in a folder of the test. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect } from "vitest";
import { readAsset } from "../../../../components/assets.ts";
import type { Plan } from "../../../../stack/model/plan.ts";
import { judgeLive } from "../../../../verify/host/liveState.ts";
import { askMailState, STATE_PIECES, type MailState } from "../../../../verify/host/mailState.ts";
import type { AskHost, Finding } from "../../../../verify/model/finding.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { APP } from "../../sandbox/images/support/inApp.ts";
import { planOf } from "../../stack/support/planOf.ts";
import { rawWith } from "../../stack/support/validRaw.ts";
import { DOMAIN, KEY, VALUES } from "./onboardingRun.ts";

const MAILBOXES = [{ name: "you" }, { name: "info", forwardTo: ["you@example.net", "they@example.net"] }];
export const AUTOMATIC = planOf(rawWith({ onboarding: "automatic", mailboxes: MAILBOXES }));
export const BY_HAND = planOf(rawWith({ onboarding: "by-hand" }));
const TOKEN = VALUES.siteVerification ?? "";
export const RECORD = `forward-email-site-verification=${TOKEN}`;
/** What the DNS answers once all is published. */
export const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  [DOMAIN]: ["v=spf1 a -all", RECORD],
  [`fe-mailstead._domainkey.${DOMAIN}`]: [`v=DKIM1; k=rsa; p=${VALUES.domainDkimPublicKey ?? ""}`],
};

interface Host {
  readonly uri: string;
  /** Texts that the DNS answers; null where it does not. */
  readonly dns?: Readonly<Record<string, readonly string[]>> | null;
  /** JavaScript that runs before the program. */
  readonly before?: string;
  /** Lines of a shell in the place of the container. */
  readonly docker?: string;
  readonly key?: string;
  readonly port?: number | undefined;
  /** Seconds in the place of the question's own limit. */
  readonly limit?: number;
}

/** The answer of the DNS in the container. */
function dnsOf(dns: Host["dns"]): string {
  return `require("node:dns").promises.Resolver.prototype.resolveTxt = async (name) => {
    const all = ${JSON.stringify(dns)};
    if (all === null) throw Object.assign(new Error("late"), { code: "ETIMEOUT" });
    if (all[name] === undefined) throw Object.assign(new Error("none"), { code: "ENODATA" });
    return all[name].map((text) => [text.slice(0, 200), text.slice(200)]); };\n`;
}

/** A host on which the container is the stand-in's process, with its folders in one of the test's. */
function hostOf({ uri, dns = PUBLISHED, before = "", docker, key = KEY, port, limit = 90 }: Host): AskHost {
  const folder = temporaryFolder();
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
    chmodSync(join(folder, path), 0o755);
  };
  write("env", `HELPER_ENCRYPTION_KEY=${KEY}\nSMTP_TRANSPORT_PASS=${VALUES.smtpTransportPassword ?? ""}\n`);
  write("before", dnsOf(dns) + before);
  const container =
    `export SELF_HOSTED=true WEB_HOST=${DOMAIN} HELPER_ENCRYPTION_KEY=${key} MONGO_URI='${uri}' ENV_PATH=/dev/null/.env ` +
    `SMTP_TRANSPORT_PASS=${VALUES.smtpTransportPassword ?? ""}\ncd ${APP}; cat ${folder}/before - | ${process.execPath} -`;
  write("bin/docker", `#!/bin/bash\necho "docker $*" >>${folder}/calls\n${docker ?? container}\n`);
  return (script) =>
    new Promise((resolve, reject) => {
      const text = script
        .replaceAll("/root/forwardemail.net/self-hosting/.env", `${folder}/env`)
        .replaceAll("/var/lib/mailstead/", `${folder}/`)
        .replaceAll("--kill-after=5 90", `--kill-after=5 ${String(limit)}`)
        .replaceAll("127.0.0.1:3000", `127.0.0.1:${String(port ?? 9)}`);
      const child = spawn("bash", ["-s"], { env: { PATH: `${folder}/bin:/usr/bin:/bin` } });
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.on("error", reject).on("close", () => {
        resolve(said);
      });
      child.stdin.end(text);
    });
}

const program = STATE_PIECES.map(readAsset).join("");

/** Asks, and sees that no secret is in the answer. */
export async function ask(host: Host, plan: Plan = AUTOMATIC): Promise<MailState> {
  let printed = "";
  const asked = hostOf(host);
  const state = await askMailState(async (script) => (printed = await asked(script)), plan, program);
  for (const name of ["accountPassword", "smtpTransportPassword", "domainDkimPrivateKey"] as const)
    expect(printed).not.toContain(VALUES[name]);
  expect(printed).not.toContain(KEY);
  return state;
}

/** What is found of a server that answers. */
export async function findings(host: Host, plan: Plan = AUTOMATIC): Promise<Finding[]> {
  const { live } = await ask(host, plan);
  if ("code" in live) throw new Error(`left ${live.code} ${live.about}`);
  return judgeLive(live, plan);
}

/** What is not well, a line each. */
export const notWell = (all: readonly Finding[]): string[] =>
  all.flatMap(({ subject, state, seen }) => (state === "ok" ? [] : [`${state} ${subject}: ${seen}`]));
