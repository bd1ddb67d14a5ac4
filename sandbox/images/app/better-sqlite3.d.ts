/** The package's own types are not among its exports. */
declare module "better-sqlite3-multiple-ciphers" {
  /** What a statement takes and gives for a column. */
  type SqliteValue = string | number | bigint | Buffer | null | undefined;

  interface Statement {
    run(...values: readonly SqliteValue[]): { readonly changes: number };
    get(...values: readonly SqliteValue[]): unknown;
    all(...values: readonly SqliteValue[]): unknown[];
  }

  class Database {
    constructor(path: string, options?: { readonly readonly?: boolean; readonly timeout?: number });
    readonly open: boolean;
    readonly memory: boolean;
    /** Path of the file. */
    readonly name: string;
    prepare(sql: string): Statement;
    exec(sql: string): this;
    pragma(text: string): unknown;
    key(key: Buffer): number;
    rekey(key: Buffer): number;
    /** The work as one that happens whole or not at all. */
    transaction<T>(work: () => T): () => T;
    close(): this;
  }

  export { Database, Database as default, type Statement };
}
