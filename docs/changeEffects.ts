/** What a change of a key does to a running server, in words, by the difference of two plans. */
import { bootHash } from "../cloud-init/renderUserData.ts";
import { readAsset } from "../components/assets.ts";
import { compareContainers, containerHashes } from "../stack/changes/containerChanges.ts";
import { parseConfig } from "../stack/config/parseConfig.ts";
import { checkChange } from "../stack/guards/checkChange.ts";
import { deployedBy } from "../stack/guards/deployed.ts";
import type { Planned } from "../stack/guards/guard.ts";
import type { Plan } from "../stack/model/plan.ts";
import { planMailServer } from "../stack/planMailServer.ts";
import { findSlots } from "../stack/values/slots.ts";
import {
  CHANGE_EXAMPLES,
  EVERY_BACKUP_KEY,
  EXAMPLE_BASE,
  VOLUME,
  type ChangeExample,
} from "./changeExamples.ts";

type Values = Readonly<Record<string, unknown>>;

/** Sets values at paths such as `server.location`. */
function nested(values: Values): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let at = root;
    for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return root;
}

/** @throws Error with every fault: an example has to be good */
function planned(values: Values): Planned {
  const { config, issues } = parseConfig(nested({ ...EXAMPLE_BASE, ...values }));
  const result = config === undefined ? { issues } : planMailServer(config);
  const faults = result.issues.filter(({ severity }) => severity === "error");
  if (config === undefined || !("plan" in result) || faults.length > 0)
    throw new Error(`an example is no good configuration: ${JSON.stringify(faults)}`);
  return { config, plan: result.plan };
}

function differs(before: Plan, after: Plan, ...keys: readonly (keyof Plan)[]): boolean {
  return keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

/** Names of containers; all of the app's as one word. */
function names(list: readonly string[], { containers }: Plan): string {
  const apps = containers.filter(({ image }) => image === "app").map(({ name }) => name);
  const isWhole = apps.every((name) => list.includes(name));
  const rest = isWhole ? list.filter((name) => !apps.includes(name)) : list;
  return [...(isWhole ? [`the app's ${String(apps.length)} containers`] : []), ...rest].join(", ");
}

function containerEffects({ plan: before }: Planned, { plan: after }: Planned): string[] {
  const { added, removed, restarted } = compareContainers(containerHashes(before), containerHashes(after));
  return [
    ...(removed.length > 0 ? [`takes away ${removed.join(", ")}`] : []),
    ...(added.length > 0 ? [`adds ${added.join(", ")}`] : []),
    ...(restarted.length > 0 ? [`restarts ${names(restarted, after)}`] : []),
  ];
}

function serverEffects({ plan: before }: Planned, { plan: after }: Planned): string[] {
  const hash = ({ server }: Plan) => bootHash(server, { asset: readAsset });
  return [
    ...(before.server.generation === after.server.generation
      ? []
      : [
          "**a new server** on the same data; with `data.kind: disk` from a last backup, or refused without backups unless `server.disposable`",
        ]),
    ...(hash(before) === hash(after) ? [] : ["the machine: waits for the next generation"]),
    ...(before.protect === after.protect && before.server.protect === after.server.protect
      ? []
      : ["what may be deleted"]),
  ];
}

/** The step that makes what is not there, where it is told something else. */
function onboardingEffects({ plan: before }: Planned, { plan: after }: Planned): string[] {
  const step = ({ lastSteps }: Plan) => lastSteps.find(({ role }) => role === "onboarding");
  const [was, is] = [step(before), step(after)];
  if (is === undefined) return was === undefined ? [] : ["the deploy makes nothing more in Forward Email"];
  return JSON.stringify(was) === JSON.stringify(is) ? [] : ["makes in Forward Email what is not there"];
}

/** The step names every image, and does nothing in an `up` that nobody announced as an upgrade. */
function withoutUpgrade(plan: Plan): Plan {
  return { ...plan, steps: plan.steps.filter(({ role }) => role !== "upgrade") };
}

function effects(before: Planned, after: Planned): string[] {
  if (JSON.stringify(before.config) === JSON.stringify(after.config)) return ["there is no other value yet"];
  const refused = checkChange(after, deployedBy(before.plan, { volume: VOLUME })).some(
    ({ severity }) => severity === "error",
  );
  if (refused || before.plan.server.location !== after.plan.server.location) return ["refused"];
  return [
    ...serverEffects(before, after),
    ...(differs(before.plan, after.plan, "dnsProvider", "zone") ? ["every record moves"] : []),
    ...(differs(before.plan, after.plan, "records") ? ["records"] : []),
    ...(differs(before.plan, after.plan, "firewall") ? ["firewall, in place"] : []),
    ...(differs(before.plan, after.plan, "volume") ? ["the volume, in place"] : []),
    ...(differs(withoutUpgrade(before.plan), withoutUpgrade(after.plan), "files", "steps")
      ? ["files on the host, in place"]
      : []),
    ...containerEffects(before, after),
    ...onboardingEffects(before, after),
  ];
}

/** Effect of a late value: the files that hold it are written, and the steps that read those run again. */
function effectsOfSlot(slot: string): string[] {
  const { config } = planned(EVERY_BACKUP_KEY);
  const certificates = {
    ...config.certificates,
    method: "provided",
    certificate: "",
    privateKey: "",
  } as const;
  const { plan } = planMailServer({ ...config, certificates, mailboxes: [{ name: "you" }] });
  const holders = plan.files.filter(
    ({ content }) => !("asset" in content) && findSlots(content).some((name) => name === slot),
  );
  const orders = plan.steps.filter(({ files }) => holders.some(({ role }) => files.includes(role)));
  return [
    ...(holders.length > 0 ? ["files on the host, in place"] : []),
    ...(plan.lastSteps.some(({ input = [] }) => findSlots(input).some((name) => name === slot))
      ? ["nothing; it is taken for the one that is there"]
      : []),
    ...(orders.some(({ role }) => role === "certificate") ? ["restarts what reads the certificate"] : []),
  ];
}

function describeEffects({ before = {}, after = {}, slot }: ChangeExample): string[] {
  return slot === undefined ? effects(planned(before), planned(after)) : effectsOfSlot(slot);
}

/** @param path of a key, such as `server.type` @throws Error for a key without an example */
export function changeEffect(path: string): string {
  const example = CHANGE_EXAMPLES[path];
  if (example === undefined) throw new Error(`docs/changeExamples.ts has no change of ${path}`);
  const found = describeEffects(example);
  return found.length === 0 ? "nothing" : found.join("; ");
}
