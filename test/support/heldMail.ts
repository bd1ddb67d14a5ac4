/** Mail that was in the outbound queue at the moment of a snapshot and was sent since: what becomes of it after the restore. */
import { expect } from "vitest";
import { outsideInbox, submit, type OwnMailbox } from "./people.ts";
import { inside, onHost, STACK, waitFor } from "./sandbox.ts";

const SUBJECTS = ["queued one", "queued two", "queued three"] as const;
const TO = "friend@outside.test";

/** As a vendor does that blocks the port. */
const BLOCK = `nft -f - <<'RULES'
table inet blocked {
  chain output {
    type filter hook output priority filter; policy accept;
    ip daddr != 127.0.0.0/8 tcp dport 25 reject with tcp reset
  }
}
RULES
`;

/** How often each of them arrived outside. */
async function arrivals(): Promise<readonly number[]> {
  const subjects = (await outsideInbox()).map(({ subject }) => subject);
  return SUBJECTS.map((wanted) => subjects.filter((subject) => subject === wanted).length);
}

/** Has people write while nothing can leave; `snapshot` is made then. All of it leaves after. */
export async function sendAfter(mailbox: OwnMailbox, snapshot: () => Promise<void>): Promise<void> {
  await onHost(BLOCK);
  for (const subject of SUBJECTS) await submit(mailbox.address, mailbox.password, TO, subject);
  await snapshot();
  expect(await arrivals()).toEqual([0, 0, 0]);
  await onHost("nft delete table inet blocked\n");
  await waitFor("the queue to leave", 60, async () => (await arrivals()).every((times) => times === 1));
}

interface Queue {
  readonly pending: boolean;
  readonly messages: readonly {
    readonly id: string;
    readonly subject: string;
    readonly to: readonly string[];
  }[];
}

async function queue(...args: readonly string[]): Promise<Queue> {
  const ended = await inside(["node", "cli/mailstead.js", "queue", ...args, "--json", "--stack", STACK]);
  return JSON.parse(ended.stdout) as Queue;
}

/** Fails unless all of it is held after the restore, new mail leaves, and of the old what is told to: each as often as it should. */
export async function expectHeld(mailbox: OwnMailbox): Promise<void> {
  const { messages } = await waitFor("the queue to be held", 60, async () => {
    const held = await queue("list");
    return held.pending ? undefined : held;
  });
  expect(messages.map(({ subject }) => subject)).toEqual(SUBJECTS);
  expect(messages.map(({ to }) => to)).toEqual(SUBJECTS.map(() => [TO]));
  await submit(mailbox.address, mailbox.password, TO, "new after the restore");
  await waitFor("new mail outside", 60, async () =>
    (await outsideInbox()).some(({ subject }) => subject === "new after the restore"),
  );
  expect(await arrivals()).toEqual([1, 1, 1]);
  const [first = "", second = ""] = messages.map(({ id }) => id);
  await queue("drop", first);
  await queue("send", second);
  await waitFor("what was told to leave", 60, async () => (await arrivals())[1] === 2);
  expect((await queue("drop", "--all")).messages.map(({ subject }) => subject)).toEqual([SUBJECTS[2]]);
  expect((await queue("list")).messages).toEqual([]);
  expect(await arrivals()).toEqual([1, 2, 1]);
}
