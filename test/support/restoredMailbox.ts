/** A mailbox that lost messages, taken back out of the newest snapshot beside the live one. */
import { expect } from "vitest";
import { containers, madeAnew } from "./host.ts";
import { deleteMail, hashMailbox, putMail, showFolder, type OwnMailbox } from "./people.ts";
import { inside, onHost, STACK, waitFor } from "./sandbox.ts";

/** What a mail program left among the sent ones: with an attachment, read, and of another day. */
const SENT = {
  folder: "Sent Mail",
  flags: ["\\Flagged", "\\Seen"],
  date: "2026-03-02T04:05:06.000Z",
  source: [
    "From: bea@example.com",
    "Subject: with a picture",
    'Content-Type: multipart/mixed; boundary="part"',
    "",
    "--part",
    "Content-Type: image/png",
    "Content-Transfer-Encoding: base64",
    "",
    "iVBORw0KGgo=",
    "--part--",
    "",
  ].join("\r\n"),
};
const LOST = 20;
const SCRATCH = "/mnt/mailstead/clones/mailbox";

interface Restored {
  readonly folder: string;
  readonly folders:
    | readonly { readonly folder: string; readonly messages: number; readonly added: number }[]
    | null;
}

const command = (name: string, args: readonly string[]): string[] => [
  ...["node", "cli/mailstead.js", "restore", name, ...args, "--stack", STACK],
];

async function restore(name: string, args: readonly string[], input = ""): Promise<string> {
  const ended = await inside(command(name, args), { input });
  console.log(ended.stdout + ended.stderr);
  return `${String(ended.code)} ${ended.stdout}${ended.stderr}`;
}

async function restored(name: string, args: readonly string[]): Promise<Restored> {
  const ended = await inside(command(name, [...args, "--json"]));
  console.log(ended.stderr);
  expect(ended.code).toBe(0);
  return JSON.parse(ended.stdout) as Restored;
}

const nothingLeft = async (): Promise<boolean> =>
  (await onHost(
    `ls -d ${SCRATCH} 2>/dev/null; docker ps --all --quiet --filter name=mailstead-restore\n`,
  )) === "";

/** What is in the mailbox before the snapshot that it is taken out of. */
export async function putSent(mailbox: OwnMailbox): Promise<void> {
  await putMail(mailbox, SENT);
}

/** Ends the script as soon as there is a copy to work with; who waits for its end to clear away knows its process. */
const KILL = `
for _ in $(seq 300); do
  if [ -e ${SCRATCH} ]; then
    kill -9 "$(pgrep -a -f 'backup.sh guard' | awk 'NR == 1 { print $NF }')" && echo killed
    exit 0
  fi
  sleep 0.1
done
`;

/** Kills the script on the host in the middle, as a host does that runs out of memory. */
async function killInTheMiddle(name: string): Promise<void> {
  const ended = inside(command(name, []));
  expect(await onHost(KILL)).toBe("killed\n");
  expect((await ended).code).not.toBe(0);
  await waitFor("what it left to be gone", 30, nothingLeft);
}

/** Fails unless every message of the snapshot comes back once, whatever happens meanwhile, and no other is touched. */
export async function expectRestored(mailbox: OwnMailbox): Promise<void> {
  const [name = ""] = mailbox.address.split("@");
  const before = await hashMailbox(mailbox);
  await deleteMail(mailbox, LOST);
  const live = await hashMailbox(mailbox);
  expect(live).toHaveLength(before.length - LOST);
  const made = await containers();

  const dry = await restored(name, ["--dry-run"]);
  expect(dry).toMatchObject({ mailbox: mailbox.address, folders: null });
  await expect(showFolder(mailbox, `${dry.folder}/INBOX`)).rejects.toThrow();
  expect(await restore(name, ["--ask"], "not the password\n")).toMatch(/^1 .*that is not the password/s);
  expect(await restore(name, ["--other-password"], "another one\n")).toMatch(
    /^1 .*another password than now/s,
  );
  expect(await restore("nobody", [], "any\n")).toMatch(/^1 .*has no mailbox nobody@/s);
  await killInTheMiddle(name);

  const { folder, folders } = await restored(name, []);
  expect(folders).toContainEqual({ folder: `${folder}/Sent Mail`, messages: 1, added: 1 });
  const inbox = await showFolder(mailbox, `${folder}/INBOX`);
  expect(inbox.map(({ hash }) => hash).sort()).toEqual(before);
  const [sent] = await showFolder(mailbox, `${folder}/Sent Mail`);
  expect([sent]).toEqual(await showFolder(mailbox, SENT.folder));
  expect(sent).toMatchObject({ flags: SENT.flags, date: SENT.date });

  const again = await restored(name, []);
  expect(again.folders?.map(({ messages, added }) => [messages, added])).toEqual(
    expect.arrayContaining([
      [before.length, 0],
      [1, 0],
    ]),
  );
  expect(await showFolder(mailbox, `${folder}/INBOX`)).toEqual(inbox);
  expect(await hashMailbox(mailbox)).toEqual(live);
  expect(madeAnew(made, await containers())).toEqual([]);
  expect(await nothingLeft()).toBe(true);
}
