/**
 * A Mongo server in the memory of the test: as much of the protocol (OP_MSG, and OP_QUERY for the greeting) and of the
 * commands as the app's stand-in uses. What it does not know it refuses, so that no test passes by an answer of chance.
 */
import { createRequire } from "node:module";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type * as Mongodb from "../../sandbox/images/app/node_modules/mongodb/mongodb.js";

type Document = Mongodb.Document;
// The driver that the stand-in has, which is no dependency of the tests.
export const { BSON } = createRequire(import.meta.resolve("../../sandbox/images/app/package.json"))(
  "mongodb",
) as typeof Mongodb;

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

type Store = Map<string, Document[]>;

/** Values at a path, through arrays too. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [first, ...rest] = path;
  if (Array.isArray(value))
    return [...(path.length === 0 ? [value] : []), ...value.flatMap((one) => valuesAt(one, path))];
  if (first === undefined) return [value];
  return value === null || typeof value !== "object"
    ? [undefined]
    : valuesAt((value as Document)[first], rest);
}

const plain = (value: unknown): string => BSON.EJSON.stringify({ value: value ?? null });
const isOperators = (value: unknown): value is Document =>
  value !== null && typeof value === "object" && Object.keys(value).some((key) => key.startsWith("$"));

function fits(values: readonly unknown[], wanted: unknown): boolean {
  const has = (one: unknown): boolean => values.some((value) => plain(value) === plain(one));
  if (!isOperators(wanted)) return has(wanted);
  return Object.entries(wanted).every(([operator, operand]: [string, unknown]) => {
    if (operator === "$ne") return !has(operand);
    if (operator === "$eq") return has(operand);
    if (operator === "$in") return (operand as unknown[]).some(has);
    if (operator === "$exists") return operand === values.some((value) => value !== undefined);
    if (operator === "$lte") return values.some((value) => (value as Date) <= (operand as Date));
    throw new Error(`${operator} is not known here`);
  });
}

function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([path, wanted]) => {
    if (path.startsWith("$")) throw new Error(`${path} is not known here`);
    return fits(valuesAt(document, path.split(".")), wanted);
  });
}

function change(document: Document, update: Document): void {
  for (const [operator, fields] of Object.entries(update) as [string, Document][]) {
    for (const [path, value] of Object.entries(fields) as [string, unknown][]) {
      const names = path.split(".");
      const last = names.pop() ?? "";
      let at = document;
      for (const name of names) at = (at[name] ??= {}) as Document;
      if (operator === "$set") at[last] = value;
      else if (operator === "$unset") Reflect.deleteProperty(at, last);
      else if (operator === "$inc") at[last] = Number(at[last] ?? 0) + Number(value);
      else if (operator === "$push") {
        const added = isOperators(value) ? (value["$each"] as unknown[]) : [value];
        at[last] = [...((at[last] as unknown[] | undefined) ?? []), ...added];
      } else if (operator !== "$setOnInsert") throw new Error(`${operator} is not known here`);
    }
  }
}

/** A copy without the fields of a projection that leaves fields out. */
function projected(document: Document, projection: Document = {}): Document {
  const copy = BSON.deserialize(BSON.serialize(document), { promoteBuffers: false });
  const without = (value: unknown, path: readonly string[]): void => {
    const [first = "", ...rest] = path;
    if (Array.isArray(value)) for (const one of value) without(one, path);
    else if (value !== null && typeof value === "object") {
      if (rest.length === 0) Reflect.deleteProperty(value, first);
      else without((value as Document)[first], rest);
    }
  };
  for (const [path, wanted] of Object.entries(projection))
    if (wanted === 0 || wanted === false) without(copy, path.split("."));
  return copy;
}

function cursor(space: string, firstBatch: readonly Document[]): Document {
  return { cursor: { firstBatch, id: BSON.Long.fromNumber(0), ns: space }, ok: 1 };
}

function updated(documents: Document[], { q, u, multi, upsert }: Document): number {
  const found = documents.filter((document) => matches(document, q as Document));
  if (upsert === true) throw new Error("upsert is not known here");
  const chosen = multi === true ? found : found.slice(0, 1);
  for (const document of chosen) change(document, u as Document);
  return chosen.length;
}

function removed(documents: Document[], { q, limit }: Document): number {
  const found = documents.filter((document) => matches(document, q as Document));
  const chosen = limit === 1 ? found.slice(0, 1) : found;
  for (const document of chosen) documents.splice(documents.indexOf(document), 1);
  return chosen.length;
}

function aggregated(documents: readonly Document[], pipeline: readonly Document[]): Document[] {
  const match = pipeline[0]?.["$match"] as Document | undefined;
  if (match === undefined || pipeline.at(-1)?.["$group"] === undefined)
    throw new Error("only counting is known here");
  const n = documents.filter((document) => matches(document, match)).length;
  return n === 0 ? [] : [{ _id: 1, n }];
}

function documentsOf(store: Store, space: string): Document[] {
  const documents = store.get(space) ?? [];
  store.set(space, documents);
  return documents;
}

function answer(store: Store, command: Document): Document {
  const [name = ""] = Object.keys(command);
  const space = `${String(command["$db"])}.${String(command[name])}`;
  const documents = documentsOf(store, space);
  const all = (key: string): Document[] => (command[key] ?? []) as Document[];
  switch (name.toLowerCase()) {
    case "hello":
    case "ismaster":
      return { isWritablePrimary: true, ismaster: true, maxWireVersion: 21, minWireVersion: 0, ok: 1 };
    case "ping":
    case "endsessions":
    case "createindexes":
      return { ok: 1 };
    case "insert":
      documents.push(...all("documents"));
      return { n: all("documents").length, ok: 1 };
    case "find": {
      const found = documents.filter((document) => matches(document, (command["filter"] ?? {}) as Document));
      const limit = Math.abs(Number(command["limit"] ?? 0)) || found.length;
      return cursor(
        space,
        found.slice(0, limit).map((document) => projected(document, command["projection"] as Document)),
      );
    }
    case "aggregate":
      return cursor(space, aggregated(documents, all("pipeline")));
    case "update": {
      const n = all("updates").reduce((sum, one) => sum + updated(documents, one), 0);
      return { n, nModified: n, ok: 1 };
    }
    case "findandmodify": {
      if (command["new"] !== true || command["update"] === undefined)
        throw new Error("only the changed document is known here");
      const found = documents.find((document) => matches(document, command["query"] as Document));
      if (found !== undefined) change(found, command["update"] as Document);
      return { value: found ?? null, ok: 1 };
    }
    case "delete":
      return { n: all("deletes").reduce((sum, one) => sum + removed(documents, one), 0), ok: 1 };
    default:
      throw new Error(`the command ${name} is not known here`);
  }
}

/** Sections of an OP_MSG as the one command that they make. */
function commandOf(body: Buffer): Document {
  const command: Document = {};
  let at = 4;
  while (at < body.length) {
    const kind = body[at++];
    const end = at + body.readInt32LE(at);
    if (kind === 0)
      Object.assign(command, BSON.deserialize(body.subarray(at, end), { promoteBuffers: false }));
    else {
      const nameEnd = body.indexOf(0, at + 4);
      const documents: Document[] = [];
      for (let next = nameEnd + 1; next < end; next += body.readInt32LE(next))
        documents.push(BSON.deserialize(body.subarray(next, next + body.readInt32LE(next))));
      command[body.toString("utf8", at + 4, nameEnd)] = documents;
    }
    at = end;
  }
  return command;
}

function packet(id: number, operation: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  [body.length + 16, 0, id, operation].forEach((value, index) => head.writeInt32LE(value, index * 4));
  return Buffer.concat([head, body]);
}

function replyTo(store: Store, message: Buffer): Buffer {
  const id = message.readInt32LE(4);
  const safely = (command: Document): Buffer => {
    try {
      return Buffer.from(BSON.serialize(answer(store, command)));
    } catch (error) {
      return Buffer.from(BSON.serialize({ ok: 0, errmsg: String(error), code: 59 }));
    }
  };
  const operation = message.readInt32LE(12);
  if (operation === OP_MSG)
    return packet(id, OP_MSG, Buffer.concat([Buffer.alloc(5), safely(commandOf(message.subarray(16)))]));
  if (operation !== OP_QUERY) throw new Error(`operation ${operation} is not known here`);
  const reply = Buffer.alloc(20);
  reply.writeInt32LE(1, 16);
  return packet(id, OP_REPLY, Buffer.concat([reply, safely({ hello: 1, $db: "admin" })]));
}

function talk(store: Store, socket: Socket): void {
  let held = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 16 && held.length >= held.readInt32LE(0)) {
      const length = held.readInt32LE(0);
      socket.write(replyTo(store, held.subarray(0, length)));
      held = held.subarray(length);
    }
  });
}

/** Starts one on loopback. `documents` are those of a collection, to be read and changed by the test. */
export async function startMemoryMongo(): Promise<{
  uri: string;
  documents(collection: string, database?: string): Document[];
  stop(): Promise<void>;
}> {
  const store: Store = new Map();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    talk(store, socket);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/app`,
    documents: (collection, database = "app") => documentsOf(store, `${database}.${collection}`),
    stop: () =>
      new Promise((done) => {
        for (const socket of open) socket.destroy();
        server.close(() => {
          done();
        });
      }),
  };
}
