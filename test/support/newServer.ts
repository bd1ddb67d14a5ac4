/** A server that takes the place of another: what may not change with it, and what must work again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { unwell } from "./host.ts";
import { arrived, headersOf, mailboxOf, outsideQueue, sendFromOutside } from "./people.ts";
import { checkout, DOMAIN, expectNoDrift, onHost, outputs, STACK, succeed, waitFor } from "./sandbox.ts";
import { hetzner, recordsAt } from "./vendors.ts";

export interface Server {
  readonly id: number;
  readonly status: string;
}

export async function servers(): Promise<readonly Server[]> {
  const answer = (await hetzner(`servers?label_selector=mailstead%3D%3D${STACK}`)) as { servers: Server[] };
  return answer.servers;
}

export async function server(): Promise<Server> {
  const [only, ...others] = await servers();
  expect(others).toEqual([]);
  if (only === undefined) throw new Error("the stack has no server");
  return only;
}

/** The mailbox of the configuration, which a new server has again with its password. */
const MAILBOX = "bob";

/** What must not change with a generation: as DNS answers it, as the vendor keeps it, and as the host shows it. */
export async function identity(): Promise<unknown> {
  const { addresses } = outputs();
  const questions = [
    ["-x", addresses.ipv4],
    ["-x", addresses.ipv6],
    [DOMAIN, "A"],
    [DOMAIN, "AAAA"],
    [DOMAIN, "MX"],
    [DOMAIN, "TXT"],
    [`mx.${DOMAIN}`, "A"],
    [`mx.${DOMAIN}`, "AAAA"],
    [`fe-bounces.${DOMAIN}`, "CNAME"],
    [`default._domainkey.${DOMAIN}`, "TXT"],
    [`fe-mailstead._domainkey.${DOMAIN}`, "TXT"],
    [`_dmarc.${DOMAIN}`, "TXT"],
  ];
  const answered = await succeed(["dig", "@203.0.113.3", "+noall", "+answer", ...questions.flat()]);
  const lines = answered.split("\n").filter((line) => line !== "");
  // One each, or a name that answers nothing would be the same too; the domain has a policy and a token.
  expect(lines).toHaveLength(questions.length + 1);
  return {
    addresses,
    answers: lines.sort(),
    mailbox: await mailboxOf(MAILBOX),
    records: await recordsAt("cloudflare", DOMAIN),
    hostKey: readFileSync(join(checkout, ".mailstead", STACK, "known_hosts"), "utf8"),
    seenHostKey: await onHost("cat /etc/ssh/ssh_host_ed25519_key.pub\n"),
  };
}

/** What is there before a server goes. */
export interface Before {
  readonly server: Server;
  readonly identity: unknown;
}

export async function beforeNewServer(): Promise<Before> {
  return { server: await server(), identity: await identity() };
}

/** Fails unless another server is there and well, with the same identity, and nothing is left to do. */
export async function expectSameIdentity(before: Before): Promise<void> {
  expect(await identity()).toEqual(before.identity);
  expect((await server()).id).not.toBe(before.server.id);
  expect(await unwell()).toEqual([]);
  await expectNoDrift();
}

/** Reads a message from outside in the mailbox of the configuration; nobody has been at the web interface. */
export async function mailFlowsAgain(subject: string): Promise<void> {
  const mailbox = await mailboxOf(MAILBOX);
  await sendFromOutside(mailbox.address, subject);
  console.log(headersOf(await arrived(mailbox, subject)));
}

/** Time between two messages of somebody who writes all the time. */
const WRITES_EVERY_MS = 5_000;

/**
 * Has somebody outside write to the mailbox all the time while work goes on. Fails where one message is refused for good,
 * at whatever moment, or does not leave in the end.
 */
export async function whileMailComes<T>(subject: string, work: () => Promise<T>): Promise<T> {
  const { address } = await mailboxOf(MAILBOX);
  let count = 0;
  const sending: Promise<void>[] = [];
  const send = (): void => {
    count += 1;
    sending.push(sendFromOutside(address, `${subject} ${String(count)}`));
  };
  send();
  const timer = setInterval(send, WRITES_EVERY_MS);
  let result: T;
  try {
    result = await work();
  } finally {
    clearInterval(timer);
  }
  await Promise.all(sending);
  const ours = await waitFor("every message to have left the queue outside", 120, async () => {
    const written = (await outsideQueue()).filter((message) => message.subject.startsWith(`${subject} `));
    return written.some(({ state }) => state === "queued") ? undefined : written;
  });
  console.log(
    `${String(ours.length)} messages, ${String(ours.filter(({ attempts }) => attempts > 1).length)} of them had to wait`,
  );
  expect(ours).toHaveLength(count);
  expect(ours.filter(({ state }) => state !== "sent")).toEqual([]);
  return result;
}
