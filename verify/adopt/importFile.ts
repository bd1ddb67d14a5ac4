/**
 * The file that `pulumi import --file` takes, made from the one that `pulumi preview --import-file` writes: so that
 * types, names, parents and versions are the engine's own. Pure.
 *
 * @see https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations
 */

/** One resource that a preview would create. Keys that nothing here looks at are kept. */
export interface ImportSpec {
  readonly type: string;
  /** Unique in the file; the logical name too, where that is not given. */
  readonly name: string;
  readonly logicalName?: string;
  /** A placeholder as the engine writes it; absent of components. */
  readonly id?: string;
  /** Name of another resource of the file, or in the name table; absent where that is the stack itself. */
  readonly parent?: string;
  readonly component?: boolean;
  readonly provider?: string;
  readonly version?: string;
}

export interface ImportFile {
  /** URNs of parents and providers that the state has. */
  readonly nameTable?: Readonly<Record<string, string>>;
  readonly resources?: readonly ImportSpec[];
}

/** A thing that is there, as `pulumi import` takes it. */
export interface FoundId {
  /** Type token, such as `hcloud:index/primaryIp:PrimaryIp`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly id: string;
}

/** Logical name of a resource of the file. */
export function chooseLogicalName({ name, logicalName }: ImportSpec): string {
  return logicalName ?? name;
}

/**
 * Keeps what was found, with the components above it that are to be made too.
 *
 * @param creates what a preview would create. What is found and not among it is in the state already, or not declared.
 */
export function fillImportFile(creates: ImportFile, found: readonly FoundId[]): ImportFile {
  const { resources = [], nameTable = {} } = creates;
  const ids = new Map(found.map(({ type, name, id }) => [`${type} ${name}`, id]));
  const byName = new Map(resources.map((spec) => [spec.name, spec]));
  const kept = new Map<string, ImportSpec>();
  const keep = (spec: ImportSpec | undefined): void => {
    if (spec === undefined || kept.has(spec.name)) return;
    const id = ids.get(`${spec.type} ${chooseLogicalName(spec)}`);
    kept.set(spec.name, id === undefined ? spec : { ...spec, id });
    for (const name of [spec.parent, spec.provider]) if (name !== undefined) keep(byName.get(name));
  };
  for (const spec of resources) if (ids.has(`${spec.type} ${chooseLogicalName(spec)}`)) keep(spec);
  const list = resources.flatMap(({ name }) => kept.get(name) ?? []);
  const used = new Set(list.flatMap(({ parent, provider }) => [parent, provider]));
  const table = Object.entries(nameTable).filter(([name]) => used.has(name));
  return { nameTable: Object.fromEntries(table), resources: list };
}

/** URN of a resource that the file names, once it is made. */
export function urnIn(file: ImportFile, spec: ImportSpec, stack: string, project: string): string {
  const writeType = (one: ImportSpec): string => {
    if (one.parent === undefined) return one.type;
    const parent = file.resources?.find(({ name }) => name === one.parent);
    const above = parent ? writeType(parent) : file.nameTable?.[one.parent]?.split("::")[2];
    return above === undefined ? one.type : `${above}$${one.type}`;
  };
  return `urn:pulumi:${stack}::${project}::${writeType(spec)}::${chooseLogicalName(spec)}`;
}
