/** A server that takes the place of another: what may not change with it, and what must work again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { unwell } from "./host.ts";
import { headersOf, onboard, readMail, sendFromOutside } from "./people.ts";
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

/** What the server's own database made, and a new server's makes anew. */
const ONBOARDING = /forward-email-site-verification=|fe-[0-9a-z]+\._domainkey/;

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
    [`_dmarc.${DOMAIN}`, "TXT"],
  ];
  const answered = await succeed(["dig", "@203.0.113.3", "+noall", "+answer", ...questions.flat()]);
  const lines = answered.split("\n").filter((line) => line !== "" && !ONBOARDING.test(line));
  // One each, or a name that answers nothing would be the same too.
  expect(lines).toHaveLength(questions.length);
  return {
    addresses,
    answers: lines.sort(),
    records: (await recordsAt("cloudflare", DOMAIN)).filter((line) => !ONBOARDING.test(line)),
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

/** Signs up with the new server and reads a mail there that came from outside. */
export async function mailFlowsAgain(name: string): Promise<void> {
  const { address, password } = await onboard(name);
  await sendFromOutside(address, `to ${name}`);
  const mail = await waitFor(`mail for ${name}`, 90, async () => {
    const answer = await readMail(address, password, `to ${name}`);
    return answer.found > 0 ? answer : undefined;
  });
  console.log(headersOf(mail.source));
}
