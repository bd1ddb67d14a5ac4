/** A mailbox as the servers of the stand-in have it open, without the storage's process between. */
import type { OpenedMailbox } from "../../../../../sandbox/images/app/store/client.ts";
import * as store from "../../../../../sandbox/images/app/store/mailbox.ts";

type Database = NonNullable<Awaited<ReturnType<typeof store.openMailbox>>>;

/** As `store/client.ts` has it of the storage. */
export function openedAt(db: Database): OpenedMailbox {
  const done = (work: () => void): Promise<void> => Promise.resolve().then(work);
  return {
    folders: () => Promise.resolve(store.foldersOf(db)),
    read: async (path) => (await store.read(db, path)).map((one) => ({ ...one, date: new Date(one.idate) })),
    create: (path) =>
      done(() => {
        store.create(db, path);
      }),
    append: (path, message) =>
      done(() => {
        store.append(db, path, message);
      }),
    setFlags: (path, uid, flags) =>
      done(() => {
        store.setFlags(db, path, uid, flags);
      }),
    expunge: (path) =>
      done(() => {
        store.expunge(db, path);
      }),
  };
}
