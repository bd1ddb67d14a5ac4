/** Rows of a mailbox's file as documents, and back, by what a model says of each column. */
import Database from "better-sqlite3-multiple-ciphers";
import type { Session } from "./setup-pragma.ts";

type Value = string | number | Buffer | null;

/** How a column is written and read. */
interface Column {
  readonly type: "text" | "numeric" | "datetime" | "boolean" | "blob";
  readonly getter: (value: never) => unknown;
  readonly setter: (value: never) => Value;
}

const plain = <T extends Value>(type: Column["type"]) => ({
  type,
  getter: (value: T) => value,
  setter: (value: T): Value => value,
});

/** The kinds of column. What has no column type of its own is JSON, and bytes are hexadecimal digits, as upstream has them. */
export const columns = {
  id: plain<string>("text"),
  text: plain<string>("text"),
  number: plain<number>("numeric"),
  date: {
    type: "datetime",
    getter: (value: string) => new Date(value),
    setter: (value: Date): Value => value.toISOString(),
  },
  truth: {
    type: "boolean",
    getter: (value: number) => value === 1,
    setter: (value: boolean): Value => (value ? 1 : 0),
  },
  json: {
    type: "text",
    getter: (value: string): unknown => JSON.parse(value),
    setter: (value: unknown): Value => JSON.stringify(value),
  },
  bytes: {
    type: "blob",
    getter: (value: string) => Buffer.from(value, "hex"),
    setter: (value: Buffer): Value => value.toString("hex"),
  },
} as const satisfies Readonly<Record<string, Column>>;

/** What a model says of its table. */
export interface Table {
  readonly mapping: Readonly<Record<string, Column>>;
  readonly collection: { readonly modelName: string };
}

/** A model: documents of it are made with `new`. */
export interface Model<Fields extends object> extends Table {
  new (fields: Fields): Fields;
  findOne(
    instance: Instance,
    session: Session,
    conditions: Readonly<Record<string, string>>,
  ): Promise<Fields | null>;
}

/** Who asks: a server, or what stands for one. */
export interface Instance {
  readonly wsp?: { readonly [key: symbol]: unknown };
}

/** Makes a model. @param Fields what a document has */
export function defineModel<Fields extends object>(
  modelName: string,
  mapping: Readonly<Record<Extract<keyof Fields, string>, Column>>,
): Model<Fields> {
  const made = Object.assign(
    function (this: object, fields: Fields) {
      Object.assign(this, fields);
    },
    { mapping: mapping as Table["mapping"], collection: { modelName }, findOne },
  ) as unknown as Model<Fields>;
  function findOne(
    instance: Instance,
    session: Session,
    conditions: Readonly<Record<string, string>>,
  ): Promise<Fields | null> {
    if (!(session.db instanceof Database)) throw new TypeError("Database is missing");
    if (instance.wsp?.[Symbol.for("isWSP")] !== true) throw new TypeError("WebSocketAsPromised missing");
    if (typeof session.user.password !== "string") throw new TypeError("Session user and password missing");
    const [field = "", value] = Object.entries(conditions)[0] ?? [];
    const row = session.db.prepare(`SELECT * FROM ${modelName} WHERE ${field} = ?`).get(value);
    return Promise.resolve(row === undefined ? null : syncConvertResult(made, row as Row));
  }
  return made;
}

type Row = Readonly<Record<string, unknown>>;

/** A row as a document. Throws where the model does not know a column. */
function syncConvertResult<Fields extends object>(model: Model<Fields>, row: Row): Fields {
  const fields = Object.entries(row).map(([name, value]) => {
    const column = model.mapping[name];
    if (column === undefined) throw new TypeError(`Mapping for ${name} does not exist`);
    return [name, column.getter(value as never)];
  });
  return new model(Object.fromEntries(fields) as Fields);
}

/** What makes the table of a model. */
export function createStatement({ mapping, collection }: Table): string {
  const lines = Object.entries(mapping).map(([name, { type }]) => `"${name}" ${type.toUpperCase()} NOT NULL`);
  return `CREATE TABLE IF NOT EXISTS ${collection.modelName} (${lines.join(", ")}, PRIMARY KEY ("_id"))`;
}

/** Writes a document. */
export function insert<Fields extends object>(db: Database, model: Model<Fields>, fields: Fields): void {
  const entries = Object.entries(model.mapping).map(([name, { setter }]) => [
    name,
    setter((fields as Readonly<Record<string, unknown>>)[name] as never),
  ]);
  const names = entries.map(([name]) => `"${String(name)}"`).join(", ");
  const marks = entries.map(() => "?").join(", ");
  db.prepare(`INSERT INTO ${model.collection.modelName} (${names}) VALUES (${marks})`).run(
    ...entries.map(([, value]) => value),
  );
}

const helpers = { syncConvertResult };

export { helpers as "module.exports", syncConvertResult };
