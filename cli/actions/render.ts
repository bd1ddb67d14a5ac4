/** `mailstead render`: the documents that a plan becomes, on standard output. */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import process from "node:process";
import { renderGuideUserData } from "../../cloud-init/renderUserData.ts";
import { placeholder } from "../../cloud-init/sources.ts";
import { renderZoneFile } from "../../stack/dns/zoneFile.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { fill, type SlotName, type Template } from "../../stack/values/slots.ts";
import type { Document } from "../documents.ts";
import { auditService, auditTimer, type AuditUnit } from "../auditUnits.ts";
import { drillService, drillTimer } from "../drillUnits.ts";
import { projectFolder, readOutputs } from "../engine.ts";
import { loadPlan, chooseStack } from "../project.ts";
import { CommandError, print } from "../output/terminal.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly showSecrets?: boolean | undefined;
  readonly json?: boolean | undefined;
}

type Values = (name: SlotName) => string;

/** Values of slots as the stack holds them, with placeholders for the rest. */
async function readValues(stack: string): Promise<Values> {
  const outputs = await readOutputs(stack, true);
  const slots = outputs["slots"] as Partial<Record<SlotName, string>> | undefined;
  if (slots === undefined) throw new CommandError("the stack holds no secrets yet", "run `pulumi up` first");
  return (name) => slots[name] ?? placeholder(name);
}

function findEnvironment(plan: Plan): Template {
  const content = plan.files.find(({ role }) => role === "env")?.content;
  if (content === undefined || "asset" in content) throw new Error("the plan has no .env");
  return content;
}

function describeUnit({ domain }: Plan, stack: string): AuditUnit {
  const command = join(import.meta.dirname, "../mailstead.js");
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const engine = folders.find((folder) => existsSync(join(folder, "pulumi")));
  return { domain, stack, project: projectFolder(), node: process.execPath, command, engine };
}

function render(document: Document, plan: Plan, values: Values, stack: string): string {
  switch (document) {
    case "user-data":
      return renderGuideUserData(plan.server.boot, { slot: values });
    case "dns":
      return renderZoneFile(plan.records, values);
    case "env":
      return fill(findEnvironment(plan), values);
    case "audit-service":
      return auditService(describeUnit(plan, stack));
    case "audit-timer":
      return auditTimer(plan);
    case "drill-service":
      return drillService(describeUnit(plan, stack));
    case "drill-timer":
      return drillTimer(plan);
    case "containers":
      return JSON.stringify({ images: plan.images, containers: plan.containers }, null, 2);
  }
}

function renderJson(document: Document, plan: Plan, values: Values, stack: string): unknown {
  if (document === "containers") return { images: plan.images, containers: plan.containers };
  if (document !== "dns") return { [document]: render(document, plan, values, stack) };
  return plan.records.map((record) =>
    Object.fromEntries(
      Object.entries(record).map(([key, value]) => [
        key,
        Array.isArray(value) ? fill(value as Template, values) : (value as unknown),
      ]),
    ),
  );
}

/** Runs the command. */
export async function renderCommand(document: Document, options: Options): Promise<number> {
  const stack = await chooseStack(options.stack);
  const { plan } = loadPlan(stack);
  const values = options.showSecrets === true ? await readValues(stack) : placeholder;
  print(
    options.json === true
      ? JSON.stringify(renderJson(document, plan, values, stack), null, 2)
      : render(document, plan, values, stack),
  );
  return 0;
}
