/**
 * Proves: over made-up rows of the table of services, every document of the plan gains exactly what the row says and loses
 * nothing: containers, names that they know, records, certificate, firewall, router, `.env`, settings of mail programs.
 * Cannot prove: that upstream's image has such a process; the sandbox has no image of it.
 */
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { toJudged } from "../../../../stack/dns/rules/judgedRecord.ts";
import type { Plan } from "../../../../stack/model/plan.ts";
import type { AppService, Listener } from "../../../../stack/services/service.ts";
import { planOf, textOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

const further = vi.hoisted((): unknown[] => []);

vi.mock("../../../../stack/services/table.ts", async (original) => {
  const real = await original<{ readonly SERVICES: readonly unknown[] }>();
  return {
    ...real,
    get SERVICES() {
      return [...real.SERVICES, ...further];
    },
  };
});

afterEach(() => {
  further.length = 0;
});

const DOMAIN = "example.com";
const word = fc.stringMatching(/^[a-z]{4,8}$/);
const TAKEN = ["imap", "smtp", "sqlite", "caldav", "carddav", "shop"];
const label = word.filter((one) => !TAKEN.includes(one));
const srv = fc.record({ name: fc.constant("mailstead"), purpose: word, denied: word });
const client = fc.record({
  protocol: fc.constantFrom("IMAP" as const, "SMTP" as const),
  direction: fc.constantFrom("incoming" as const, "outgoing" as const),
});

/** A port for the host alone, for everyone, or behind the router; or none at all. */
const listens = fc
  .record({
    port: fc.integer({ min: 10_000, max: 65_535 }),
    answers: fc.constantFrom("tcp" as const, "tls" as const, { https: "/health" }),
    kind: fc.constantFrom("host", "port", "router"),
    srv: fc.option(srv, { nil: undefined }),
    client: fc.option(client, { nil: undefined }),
  })
  .map(({ port, answers, kind, ...found }): Listener => {
    if (kind === "host") return { port, answers };
    const common = { port, answers, ...(found.srv && { srv: found.srv }) };
    if (kind === "router") return { ...common, behindRouter: true };
    return { ...common, opens: { purpose: "For everyone" }, ...(found.client && { client: found.client }) };
  });

const row = fc
  .record({
    label,
    onlyWith: fc.constantFrom("mailboxes" as const, undefined),
    level: fc.constantFrom("recommended" as const, "optional" as const),
    calledByOthers: fc.boolean(),
    mailboxes: fc.boolean(),
    listens: fc.option(listens, { nil: undefined }),
  })
  .map(({ label: own, onlyWith, level, calledByOthers, mailboxes, listens: port }): AppService => {
    const isPublic = port?.opens !== undefined || port?.behindRouter === true;
    return {
      name: "made_up",
      image: "app",
      script: "made-up.js",
      label: own,
      ...(isPublic && { alias: { purpose: "Made up", level } }),
      ...(onlyWith && { onlyWith }),
      ...(calledByOthers && { calledByOthers }),
      ...(mailboxes && { mailboxes }),
      ...(port && { listens: port }),
      startsAfter: ["redis"],
    };
  });

/** The table's switches all on, and a certificate whose names are listed. */
function planWith(rows: readonly AppService[], changes: Readonly<Record<string, unknown>>): Plan {
  further.splice(0, further.length, ...rows);
  return planOf(
    rawWith({
      "certificates.method": "http-01",
      "dns.services": true,
      "dns.autoconfig": true,
      "dns.nullMx": true,
      ...changes,
    }),
  );
}

/** Lines of each document that a row may be in. */
function documents(plan: Plan): Readonly<Record<string, readonly string[]>> {
  const settings = textOf(plan, "certificate-env");
  const words = (name: string) =>
    new RegExp(`^${name}='(.*)'$`, "m").exec(settings)?.[1]?.split(" ") ?? ["none"];
  return {
    containers: plan.containers.map(({ name }) => name),
    hosts: Object.keys(plan.containers.find(({ name }) => name === "mx")?.hosts ?? {}),
    records: plan.records.map((one) => `${one.name} ${one.type} ${toJudged(one).value}`),
    certificate: words("NAMES"),
    readers: words("READERS"),
    firewall: plan.firewall.map(({ port, purpose }) => `${port ?? "icmp"} ${purpose}`),
    router: textOf(plan, "nginx-conf").split("\n"),
    env: textOf(plan, "env").split("\n"),
    clients: plan.clients.map(({ service, host, port }) => `${service} ${host} ${port}`),
    autoconfig: textOf(plan, "autoconfig").match(/<hostname>.*<\/hostname>|<port>.*<\/port>/g) ?? [],
  };
}

/** What is in the second list beyond the first, each as often as it is; nothing of the first may be missing. */
function gained(before: readonly string[], after: readonly string[]): string[] {
  const left = [...after];
  for (const one of before) {
    const at = left.indexOf(one);
    expect(at, `lost: ${one}`).toBeGreaterThanOrEqual(0);
    left.splice(at, 1);
  }
  return left;
}

const when = <T>(condition: boolean, ...values: readonly T[]): readonly T[] => (condition ? values : []);

/** Variables of a row, on every server. */
function variables({ listens: port }: AppService, host: string): string[] {
  if (port === undefined) return [];
  const ssl = (part: string, file: string) => `MADE_UP_SSL_${part}_PATH=/app/ssl/${file}.pem`;
  return [
    `MADE_UP_HOST=${host}`,
    `MADE_UP_PORT=${port.port}`,
    ...when(port.behindRouter === true, "MADE_UP_PROTOCOL=https", `MADE_UP_URL=https://${host}`),
    ...when(
      port.behindRouter === true,
      ...[ssl("KEY", "privkey"), ssl("CERT", "fullchain"), ssl("CA", "chain")],
    ),
  ];
}

/** Records of a row. */
function recordsOf({ listens: port, alias }: AppService, host: string): string[] {
  const isTarget = port?.behindRouter === true && port.srv !== undefined;
  const [at, target] = port?.behindRouter === true ? [443, host] : [port?.port ?? 0, DOMAIN];
  return [
    ...when(alias !== undefined && !isTarget, `${host} CNAME ${DOMAIN}`),
    ...when(isTarget, `${host} A <serverIpv4>`, `${host} AAAA <serverIpv6>`),
    ...when(isTarget, `${host} MX 0 .`, `${host} TXT v=spf1 -all`),
    ...when(
      port?.srv !== undefined,
      `_mailsteads._tcp.${DOMAIN} SRV 0 1 ${at} ${target}`,
      `_mailstead._tcp.${DOMAIN} SRV 0 0 0 .`,
    ),
  ];
}

/** What each document must gain where the row is there. */
function expected(made: AppService): Readonly<Record<string, readonly string[]>> {
  const { label: own = "", listens: port, calledByOthers } = made;
  const host = `${own}.${DOMAIN}`;
  const opens = port?.opens !== undefined;
  const routed = port?.behindRouter === true;
  const { client: program } = port ?? {};
  return {
    containers: ["made_up"],
    hosts: when(calledByOthers === true, host),
    records: recordsOf(made, host).toSorted(),
    certificate: when(opens || routed, host),
    readers: when(port !== undefined, "made_up"),
    firewall: when(opens, `${port?.port ?? 0} For everyone`),
    router: when(routed, `    ~*^${own}\\. 127.0.0.1:${port?.port ?? 0};`),
    env: variables(made, host).toSorted(),
    clients: when(program !== undefined, `${program?.protocol ?? ""} ${host} ${port?.port ?? 0}`),
    autoconfig: when(
      program !== undefined,
      `<hostname>${host}</hostname>`,
      `<port>${port?.port ?? 0}</port>`,
    ).toSorted(),
  };
}

function gains(made: AppService, changes: Readonly<Record<string, unknown>>) {
  const before = documents(planWith([], changes));
  const after = documents(planWith([made], changes));
  return Object.fromEntries(
    Object.entries(after).map(([name, lines]) => [name, gained(before[name] ?? [], lines).toSorted()]),
  );
}

test("every document gains what a new row says, and nothing else", () => {
  fc.assert(
    fc.property(row, (made) => {
      expect(gains(made, {})).toEqual(expected(made));
    }),
    { numRuns: 60 },
  );
});

test("a row of mailboxes is in no document of a server without, but in the variables that upstream wants everywhere", () => {
  fc.assert(
    fc.property(row, (made) => {
      const nothing = Object.fromEntries(Object.keys(expected(made)).map((name) => [name, []]));
      const { env = [] } = expected(made);
      expect(gains(made, { "mail.storage": false })).toEqual(
        made.onlyWith === "mailboxes" ? { ...nothing, env } : expected(made),
      );
    }),
    { numRuns: 60 },
  );
});

test("while mail is held elsewhere, the names by which programs would find a new service wait", () => {
  const held = {
    "certificates.method": "dns-01",
    "dns.mx": "hold",
    "dns.spf": { mechanisms: ["ip4:192.0.2.25"] },
    "dns.dmarc": { policy: "none" },
  };
  fc.assert(
    fc.property(row, (made) => {
      const { records = [] } = expected(made);
      expect(gains(made, held)["records"]).toEqual(made.listens?.srv === undefined ? records : []);
    }),
    { numRuns: 60 },
  );
});

test("the container of a new row runs its script under its name, with its port and its mounts", () => {
  fc.assert(
    fc.property(row, (made) => {
      const container = planWith([made], {}).containers.find(({ name }) => name === "made_up");
      expect(container).toMatchObject({
        image: "app",
        command: ["node", "made-up.js"],
        hostname: `${made.label ?? ""}.${DOMAIN}`,
        ports: made.listens === undefined ? [] : [made.listens.port],
        startsAfter: ["redis"],
      });
      const mounts = container?.mounts.map(({ containerPath }) => containerPath);
      expect(mounts?.includes("/mnt/sqlite_storage")).toBe(made.mailboxes === true);
      const check = container?.healthCheck?.test.join(" ") ?? "";
      expect(check.includes("does not answer")).toBe(made.listens !== undefined);
    }),
    { numRuns: 30 },
  );
});
