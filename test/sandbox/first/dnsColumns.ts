/**
 * Proves: with real servers and only the system's resolver, every declared set comes back from each authoritative server
 * and from the resolver as the stack wants it; delegation, serials and DNSSEC are in order, and reverse names of both
 * families are forward-confirmed.
 * Cannot: prove anything about public resolvers; they are not in reach and must be left out by themselves.
 */
import { expect, test } from "vitest";
import type { LookAround, LookAroundInput } from "../../../verify/lookAround.ts";
import { outputs, succeed } from "../../support/sandbox.ts";

interface Rendered {
  readonly type: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

const SCRIPT = `
import { lookAround } from "./verify/lookAround.ts";
let text = "";
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify(await lookAround(JSON.parse(text))));
`;

/** Looks from inside, as the command does. */
async function look(input: LookAroundInput): Promise<LookAround> {
  const printed = await succeed(["node", "--input-type=module", "--eval", SCRIPT], {
    input: JSON.stringify(input),
    limitSeconds: 90,
  });
  return JSON.parse(printed) as LookAround;
}

function value(record: Rendered): string {
  const text = (field: string): string => String(record[field]);
  switch (record.type) {
    case "A":
    case "AAAA":
      return text("address");
    case "CNAME":
    case "NS":
      return text("target");
    case "MX":
      return `${text("priority")} ${text("exchange")}`;
    case "TXT":
      return text("text");
    case "SRV":
      return `${text("priority")} ${text("weight")} ${text("port")} ${text("target")}`;
    case "CAA":
      return `${text("flags")} ${text("tag")} ${text("value")}`;
    default:
      throw new Error(`no form for ${record.type}`);
  }
}

const PROVIDER = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];

test("every declared set is answered as declared, and the world round the zone is in order", async () => {
  const args = ["render", "dns", "--json", "--show-secrets", "--stack", "dev"];
  const records = JSON.parse(await succeed(["node", "cli/mailstead.js", ...args])) as Rendered[];
  const sets = Map.groupBy(records, ({ name, type }) => `${name} ${type}`);
  const { addresses } = outputs();
  const started = performance.now();
  const seen = await look({
    zone: "example.com",
    sets: Array.from(sets.values(), ([first]) => ({ name: first?.name ?? "", type: first?.type ?? "" })),
    providerServers: PROVIDER,
    columns: ["authoritative", "resolvers"],
    server: {
      addresses,
      ptr: "mx.example.com",
      helo: ["mx.example.com", "smtp.example.com"],
      bounces: { name: "fe-bounces.example.com", target: "example.com" },
    },
    banner: true,
  });
  for (const [column, least] of [
    [seen.authoritative ?? [], 4],
    [seen.resolvers ?? [], 1],
  ] as const) {
    expect(column).toHaveLength(sets.size);
    for (const { name, type, observations } of column) {
      expect(observations.length).toBeGreaterThanOrEqual(least);
      const wanted = (sets.get(`${name} ${type}`) ?? []).map(value).sort();
      for (const { server, answer } of observations)
        expect(answer, `${name} ${type} at ${server}`).toMatchObject({ state: "answer", values: wanted });
    }
  }
  const states = Object.fromEntries(
    seen.checks.map(({ check, subject, state }) => [`${check} ${subject}`, state]),
  );
  console.log(
    seen.checks.map((check) => `${check.check} ${check.subject}: ${check.state}, ${check.seen}`).join("\n"),
  );
  console.log(`${String(sets.size)} sets in ${String(Math.round(performance.now() - started))} ms`);
  expect(states).toMatchObject({
    "delegation example.com": "ok",
    "serials example.com": "ok",
    "dnssec example.com": "ok",
    [`reverse-v4 ${addresses.ipv4}`]: "ok",
    [`reverse-v6 ${addresses.ipv6}`]: "ok",
    "helo mx.example.com": "ok",
    "helo smtp.example.com": "ok",
    "bounces fe-bounces.example.com": "ok",
  });
  expect(Object.values(states)).not.toContain("bad");
});

test("a name that is not there and a type that is not there are told apart, with how long that is remembered", async () => {
  const seen = await look({
    zone: "example.com",
    sets: [
      { name: "not-there.example.com", type: "A" },
      { name: "mx.example.com", type: "TXT" },
    ],
    providerServers: ["ns1.elsewhere.test"],
    columns: ["authoritative"],
  });
  const states = (seen.authoritative ?? []).map(({ observations }) =>
    observations.map(({ answer }) => answer),
  );
  expect(states[0]?.[0]).toEqual({ state: "nxdomain", negativeTtlSeconds: 60 });
  expect(new Set(states[0]?.map(({ state }) => state))).toEqual(new Set(["nxdomain"]));
  expect(seen.checks.find(({ check }) => check === "delegation")).toMatchObject({
    state: "bad",
    severity: "critical",
  });
});
