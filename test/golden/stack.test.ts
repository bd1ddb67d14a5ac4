/**
 * Proves: whole configurations give, byte for byte, the user-data, zone file, `.env`, settings and tables that people have read
 * and agreed to (`stack/CASE/`). A wanted change is written anew with `npx vitest run test/golden -u`, and read.
 * Cannot prove: that what was agreed to works; the sandbox does.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderUserData } from "../../cloud-init/renderUserData.ts";
import { readAsset } from "../../components/assets.ts";
import { parseConfig } from "../../stack/config/parseConfig.ts";
import { renderZoneFile } from "../../stack/dns/zoneFile.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { planMailServer } from "../../stack/planMailServer.ts";
import { textOf } from "../unit/stack/support/planOf.ts";

const cases = join(import.meta.dirname, "stack");

function planOf(name: string): Plan {
  const raw = parse(readFileSync(join(cases, name, "config.yaml"), "utf8")) as Record<string, unknown>;
  const { config, issues } = parseConfig(raw);
  if (config === undefined) throw new Error(JSON.stringify(issues, null, 1));
  const { plan, issues: planIssues } = planMailServer(config);
  expect(planIssues).toEqual([]);
  return plan;
}

const placeholder = (name: string) => `<${name}>`;

/** Golden file → role of a file that is there by its switch only. */
const WELL_KNOWN = [
  ["well-known.conf", "well-known-conf"],
  ["mta-sts.txt", "mta-sts-policy"],
  ["autoconfig.xml", "autoconfig"],
] as const;

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Golden file → what it must hold. */
function goldenOf(plan: Plan): Readonly<Record<string, string>> {
  const { server, firewall, reverseNames, steps, images, clients, containers, files } = plan;
  const { generated, lastSteps, onboarding, firstFiles, firstSteps, release } = plan;
  return {
    "zone.txt": renderZoneFile(plan.records, placeholder),
    "env.txt": textOf(plan, "env"),
    "nginx.conf": textOf(plan, "nginx-conf"),
    "certificate.env": textOf(plan, "certificate-env"),
    ...Object.fromEntries(
      WELL_KNOWN.filter(([, role]) => files.some((file) => file.role === role)).map(([name, role]) => [
        name,
        textOf(plan, role),
      ]),
    ),
    ...(firstFiles.some(({ role }) => role === "backup-settings") && {
      "data.txt": json({
        firstFiles: firstFiles.map(({ role, path }) => ({ role, path })),
        firstSteps,
        release,
      }),
      "data.conf": textOf({ files: firstFiles }, "data-conf"),
      "backup.conf": textOf({ files: firstFiles }, "backup-settings"),
    }),
    ...(onboarding && { "onboarding.txt": json({ onboarding, generated, lastSteps }) }),
    "firewall.txt": json(firewall),
    "firewall.nft": textOf(plan, "firewall-rules"),
    "mail-gate.env": textOf(plan, "mail-gate-settings"),
    "containers.txt": json(containers),
    "files.txt": json(
      files.map(({ content, ...file }) => ("asset" in content ? { ...file, content } : file)),
    ),
    "user-data.txt": renderUserData(server.boot, { slot: placeholder, asset: readAsset }),
    "server.txt": json({
      server,
      reverseNames,
      steps,
      images,
      clients,
      protect: plan.protect,
      zone: plan.zone,
    }),
  };
}

describe.each(readdirSync(cases))("%s", (name) => {
  const golden = goldenOf(planOf(name));
  test.each(Object.keys(golden))("%s", async (file) => {
    await expect(golden[file]).toMatchFileSnapshot(join(cases, name, file));
  });
});
