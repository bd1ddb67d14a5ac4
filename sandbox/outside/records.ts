/** Records of the outside host: in memory, as they are asked for all the time, and each in a file, which outlives the process. */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../process/writeWhole.ts";

/** Records of one kind, in the order in which they came. */
export class Records<T extends { readonly id: string }> {
  /** Where their files are; other files of a record are beside it. */
  readonly folder: string;
  readonly #known: Map<string, T>;

  private constructor(folder: string, known: readonly T[]) {
    this.folder = folder;
    this.#known = new Map(known.map((record) => [record.id, record]));
  }

  /** Those that an earlier process left. @param time when a record came, as text that sorts */
  static async open<T extends { readonly id: string }>(
    folder: string,
    time: (record: T) => string,
  ): Promise<Records<T>> {
    await mkdir(folder, { recursive: true });
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    const known = texts.map((text) => JSON.parse(text) as T);
    return new Records(
      folder,
      known.sort((a, b) => (time(a) < time(b) ? -1 : 1)),
    );
  }

  /** Keeps a record, in place of an earlier one with its id. It is on disk then. */
  async save(record: T): Promise<void> {
    const file = join(this.folder, `${record.id}.json`);
    await writeWhole(file, JSON.stringify(record, undefined, 2));
    this.#known.set(record.id, record);
  }

  /** Oldest first. */
  list(): readonly T[] {
    return [...this.#known.values()];
  }

  /** Throws all away, with the files beside them. */
  async clear(): Promise<void> {
    const names = await readdir(this.folder);
    this.#known.clear();
    for (const name of names) await rm(join(this.folder, name), { force: true });
  }
}
