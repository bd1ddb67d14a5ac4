/** A server that takes the place of another: what may not change with it, and what must work again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { unwell } from "./host.ts";
import {
  arrivedMail,
  outsideQueue,
  ownMailbox,
  refusedForGood,
  sendFromOutside,
  type OwnMailbox,
} from "./people.ts";
import { DOMAIN_SELECTOR } from "../../stack/services/domainKey.ts";
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
    [`${DOMAIN_SELECTOR}._domainkey.${DOMAIN}`, "TXT"],
    [`_dmarc.${DOMAIN}`, "TXT"],
  ];
  const answered = await succeed(["dig", "@203.0.113.3", "+noall", "+answer", ...questions.flat()]);
  const lines = answered.split("\n").filter((line) => line !== "");
  // One each, or a name that answers nothing would be the same too; the domain has a policy and a verification record.
  expect(lines).toHaveLength(questions.length + 1);
  return {
    addresses,
    answers: lines.sort(),
    records: await recordsAt("cloudflare", DOMAIN),
    hostKey: readFileSync(join(checkout, ".mailstead", STACK, "known_hosts"), "utf8"),
    seenHostKey: await onHost("cat /etc/ssh/ssh_host_ed25519_key.pub\n"),
  };
}

/** What is there before a server goes. */
export interface Before {
  readonly server: Server;
  readonly identity: unknown;
  readonly mailbox: OwnMailbox;
}

/** @param name part before the @ of a mailbox that the deploy makes */
export async function beforeNewServer(name: string): Promise<Before> {
  return { server: await server(), identity: await identity(), mailbox: await ownMailbox(name) };
}

/** Fails unless another server is there and well, with the same identity, and nothing is left to do. */
export async function expectSameIdentity(before: Before): Promise<void> {
  expect(await identity()).toEqual(before.identity);
  expect((await server()).id).not.toBe(before.server.id);
  expect(await unwell()).toEqual([]);
  await expectNoDrift();
}

/** Fails unless a message is read in the mailbox, which has its password still, and none was ever refused for good. */
export async function expectMail({ mailbox }: Before, subject: string): Promise<void> {
  const [name = ""] = mailbox.address.split("@");
  expect(await ownMailbox(name)).toEqual(mailbox);
  await arrivedMail(mailbox, subject, 120);
  expect(await refusedForGood()).toEqual([]);
}

/** Time between two messages of somebody who writes all the time. */
const WRITES_EVERY_MS = 5_000;

/**
 * Has somebody outside write to the mailbox all the time while work goes on. Fails where one message is refused for good,
 * at whatever moment, or does not leave in the end.
 */
export async function whileMailComes<T>(
  { mailbox }: Before,
  subject: string,
  work: () => Promise<T>,
): Promise<T> {
  const sending: Promise<void>[] = [];
  const send = (): void => {
    sending.push(sendFromOutside(mailbox.address, `${subject} ${String(sending.length + 1)}`));
  };
  send();
  const timer = setInterval(send, WRITES_EVERY_MS);
  const result = await work().finally(() => {
    clearInterval(timer);
  });
  await Promise.all(sending);
  const ours = await waitFor("every message to have left the queue outside", 120, async () => {
    const written = (await outsideQueue()).filter((message) => message.subject.startsWith(`${subject} `));
    return written.some(({ state }) => state === "queued") ? undefined : written;
  });
  const waited = ours.filter(({ attempts }) => attempts > 1).length;
  console.log(`${String(ours.length)} messages, ${String(waited)} of them had to wait`);
  expect(ours).toHaveLength(sending.length);
  expect(ours.filter(({ state }) => state !== "sent")).toEqual([]);
  return result;
}
