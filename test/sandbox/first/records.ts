/**
 * Proves: every planned record is answered by the authoritative server and by the resolver, HELO names resolve to the
 * server and both reverse names are forward-confirmed.
 * Cannot: prove propagation on the Internet.
 */
import { describe, expect, test } from "vitest";
import { outputs, succeed } from "../../support/sandbox.ts";

interface Record {
  readonly type: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

const SERVERS = { authoritative: "203.0.113.3", resolver: "203.0.113.2" };

async function dig(server: string, name: string, type: string): Promise<string[]> {
  const printed = await succeed(["dig", "+short", "+timeout=5", `@${server}`, name, type]);
  return printed.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
}

async function records(): Promise<Record[]> {
  const printed = await succeed([
    "node",
    "cli/mailstead.js",
    "render",
    "dns",
    "--json",
    "--show-secrets",
    "--stack",
    "dev",
  ]);
  return JSON.parse(printed) as Record[];
}

/** The record in the form that dig prints. */
function expected(record: Record): string {
  const text = (field: string): string => String(record[field]);
  switch (record.type) {
    case "A":
    case "AAAA":
      return text("address");
    case "CNAME":
      return `${text("target")}.`;
    case "MX":
      return `${text("priority")} ${text("exchange")}.`;
    case "TXT":
      return text("text");
    default:
      throw new Error(`no form for ${record.type}`);
  }
}

describe.each(Object.entries(SERVERS))("%s", (_, server) => {
  test("answers every planned record", async () => {
    const wanted = await records();
    expect(wanted.length).toBeGreaterThanOrEqual(15);
    for (const record of wanted) {
      const answers = (await dig(server, record.name, record.type)).map((line) =>
        record.type === "TXT" ? line.replaceAll('" "', "").replaceAll('"', "") : line,
      );
      expect(answers, `${record.type} ${record.name}`).toContain(expected(record));
    }
    console.log(`${String(wanted.length)} records answered by ${server}`);
  });
});

test("HELO names resolve to the server and reverse names are forward-confirmed, both families", async () => {
  const { addresses } = outputs();
  for (const [address, type] of [
    [addresses.ipv4, "A"],
    [addresses.ipv6, "AAAA"],
  ] as const) {
    const [name = ""] = (await succeed(["dig", "+short", `@${SERVERS.resolver}`, "-x", address]))
      .trim()
      .split("\n");
    expect(name).toBe("mx.example.com.");
    expect(await dig(SERVERS.resolver, name, type)).toEqual([address]);
    for (const helo of ["mx.example.com", "smtp.example.com"]) {
      expect(await dig(SERVERS.resolver, helo, type), helo).toContain(address);
    }
    console.log(`${address} ↔ ${name}`);
  }
});
