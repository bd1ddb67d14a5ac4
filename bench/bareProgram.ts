/**
 * The bare program: the resources of a stack's state written out literally, with no thought in it.
 *
 * Types, names, parents, providers, dependencies and options are the stack's; inputs are the values that the state
 * holds. What is not kept in a state (`deleteBeforeReplace`) is not there, and no preview without changes asks for it.
 */

/** A resource in `pulumi stack export --show-secrets`, as far as the bare program needs it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly dependencies?: readonly string[];
  readonly deletedWith?: string;
  readonly customTimeouts?: Readonly<Record<string, number>>;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  readonly replacementTrigger?: unknown;
}

/** Key that marks a special object in a state, and its value for a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Inputs that the engine and the SDK add themselves. */
const ADDED = new Set(["__defaults", "__internal", "version"]);

const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER = "pulumi:providers:";

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function isDefaultProvider({ type, urn }: StateResource): boolean {
  return type.startsWith(PROVIDER) && nameOf(urn).startsWith("default");
}

/** JavaScript for a value of the state. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields[SIGNATURE] === SECRET) {
    return `pulumi.secret(${literal(JSON.parse(fields["plaintext"] as string))})`;
  }
  const entries = Object.entries(fields).filter(([key]) => !ADDED.has(key));
  return `{ ${entries.map(([key, inner]) => `${JSON.stringify(key)}: ${literal(inner)}`).join(", ")} }`;
}

/** Module and class of a resource's type: `hcloud:index/server:Server` → `@pulumi/hcloud/server.js`, `Server`. */
export function classOf(type: string): { readonly module: string; readonly name: string } {
  if (type.startsWith(PROVIDER)) {
    return { module: `@pulumi/${type.slice(PROVIDER.length)}/provider.js`, name: "Provider" };
  }
  const [vendor = "", path = "", name = ""] = type.split(":");
  const file = path.startsWith("index/")
    ? path.slice("index/".length)
    : `${path}/${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return { module: `@pulumi/${vendor}/${file}.js`, name };
}

/** A provider's inputs are texts in the state; lists and objects among them are JSON text. */
function inputsOf({ type, inputs = {} }: StateResource): Readonly<Record<string, unknown>> {
  if (!type.startsWith(PROVIDER)) return inputs;
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      typeof value === "string" && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value,
    ]),
  );
}

function optionsOf(resource: StateResource, variables: ReadonlyMap<string, string>): string {
  const variable = (urn: string | undefined): string | undefined =>
    urn === undefined ? undefined : variables.get(urn);
  const provider = variable(resource.provider?.slice(0, resource.provider.lastIndexOf("::")));
  const depends = (resource.dependencies ?? [])
    .map((urn) => variable(urn))
    .filter((name) => name !== undefined);
  const timeouts = Object.entries(resource.customTimeouts ?? {}).map(
    ([key, seconds]) => `${key}: "${seconds}s"`,
  );
  const { replacementTrigger: trigger } = resource;
  const options: Readonly<Record<string, string | undefined>> = {
    parent: variable(resource.parent),
    provider,
    protect: resource.protect === true ? "true" : undefined,
    dependsOn: depends.length === 0 ? undefined : `[${depends.join(", ")}]`,
    deletedWith: variable(resource.deletedWith),
    customTimeouts: timeouts.length === 0 ? undefined : `{ ${timeouts.join(", ")} }`,
    ignoreChanges: resource.ignoreChanges && literal(resource.ignoreChanges),
    replaceOnChanges: resource.replaceOnChanges && literal(resource.replaceOnChanges),
    additionalSecretOutputs: resource.additionalSecretOutputs && literal(resource.additionalSecretOutputs),
    replacementTrigger: trigger === undefined ? undefined : literal(trigger),
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return `{ ${given.map(([key, value]) => `${key}: ${String(value)}`).join(", ")} }`;
}

/**
 * Text of the bare program, an ES module.
 *
 * @param resources in the order of the state, in which every resource comes after those it needs.
 */
export function bareProgram(resources: readonly StateResource[]): string {
  const variables = new Map<string, string>();
  const imports = new Map<string, string>();
  const body: string[] = [];
  for (const resource of resources) {
    if (resource.type === STACK_TYPE || isDefaultProvider(resource)) continue;
    const variable = `r${variables.size}`;
    const options = optionsOf(resource, variables);
    const name = JSON.stringify(nameOf(resource.urn));
    if (resource.custom) {
      const { module, name: className } = classOf(resource.type);
      const local = `${className}_${imports.size}`;
      const known = imports.get(`${module} ${className}`) ?? local;
      imports.set(`${module} ${className}`, known);
      body.push(`const ${variable} = new ${known}(${name}, ${literal(inputsOf(resource))}, ${options});`);
    } else {
      const type = JSON.stringify(resource.type);
      body.push(`const ${variable} = new pulumi.ComponentResource(${type}, ${name}, {}, ${options});`);
      body.push(`${variable}.registerOutputs(${literal(resource.outputs ?? {})});`);
    }
    variables.set(resource.urn, variable);
  }
  const outputs = resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  const imported = [...imports].map(([key, local]) => {
    const [module = "", className = ""] = key.split(" ");
    return `import { ${className} as ${local} } from "${module}";`;
  });
  const exported = Object.entries(outputs).map(
    ([name, value]) => `export const ${name} = ${literal(value)};`,
  );
  return [`import * as pulumi from "@pulumi/pulumi";`, ...imported, ...body, ...exported, ""].join("\n");
}

/**
 * The state as the bare project's own: URNs bear its name and its stack's.
 *
 * @param text state as JSON text.
 */
export function renamedState(text: string, from: StackName, to: StackName): string {
  return text
    .replaceAll(`urn:pulumi:${from.stack}::${from.project}::`, `urn:pulumi:${to.stack}::${to.project}::`)
    .replaceAll(`${STACK_TYPE}::${from.project}-${from.stack}"`, `${STACK_TYPE}::${to.project}-${to.stack}"`);
}

/** A stack, as its resources' URNs name it. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}
