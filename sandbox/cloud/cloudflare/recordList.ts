/** `GET dns_records`: filters, order and pages. Beyond the last page the list is empty. */
import type { Query } from "../hetzner/listing.ts";
import { invalidRecord } from "./errors.ts";
import { recordAnswer } from "./records.ts";
import type { TextForm } from "../serve/text.ts";
import type { DnsRecord } from "./state.ts";
import { textPieces } from "./text.ts";

type Test = (record: DnsRecord) => boolean;

const MATCHES: Record<string, (value: string, wanted: string) => boolean> = {
  exact: (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};

/** The answer's `result` and `result_info`. */
export function listRecords(
  records: readonly DnsRecord[],
  query: Query,
  form: TextForm,
): Record<string, unknown> {
  const tests = testsOf(query);
  const any = query["match"]?.[0] === "any" && tests.length > 0;
  const wanted = ordered(
    records.filter((record) =>
      any ? tests.some((test) => test(record)) : tests.every((test) => test(record)),
    ),
    query,
  );
  const page = positive(query, "page", 1);
  const perPage = positive(query, "per_page", 100);
  const result = wanted.slice((page - 1) * perPage, page * perPage);
  return {
    result: result.map((record) => recordAnswer(record, form)),
    result_info: pageInfo(page, perPage, result.length, wanted.length),
  };
}

/** `result_info` of a page. */
export function pageInfo(
  page: number,
  perPage: number,
  count: number,
  total: number,
): Record<string, number> {
  const pages = Math.ceil(total / perPage);
  return { page, per_page: perPage, count, total_count: total, total_pages: pages };
}

/** A number of at least 1 from the query. @throws CloudflareError 400 */
export function positive(query: Query, key: string, otherwise: number): number {
  const value = Number(query[key]?.[0] ?? otherwise);
  if (!Number.isInteger(value) || value < 1)
    throw invalidRecord(9200, `${key} must be a number of at least 1.`);
  return value;
}

function testsOf(query: Query): Test[] {
  const tests: Test[] = [];
  const type = query["type"]?.[0]?.toUpperCase();
  if (type !== undefined) tests.push((record) => record.type === type);
  const proxied = query["proxied"]?.[0];
  if (proxied !== undefined) tests.push((record) => String(record.proxied) === proxied);
  if (query["comment.present"] !== undefined) tests.push((record) => record.comment !== undefined);
  if (query["comment.absent"] !== undefined) tests.push((record) => record.comment === undefined);
  const search = query["search"]?.[0]?.toLowerCase();
  if (search !== undefined) {
    tests.push((record) =>
      [record.name, record.content, record.comment ?? ""].join("\n").toLowerCase().includes(search),
    );
  }
  const fields: Record<string, (record: DnsRecord) => string[]> = {
    name: (record) => [record.name],
    // Who asks with the bare text means the quoted record too.
    content: (record) => [
      record.content,
      ...(record.type === "TXT" ? [textPieces(record.content).join("")] : []),
    ],
    comment: (record) => [record.comment ?? ""],
  };
  for (const [field, values] of Object.entries(fields)) tests.push(...textTests(query, field, values));
  return tests;
}

function textTests(query: Query, field: string, values: (record: DnsRecord) => string[]): Test[] {
  return Object.entries(MATCHES).flatMap(([kind, matches]) => {
    const wanted = query[`${field}.${kind}`]?.[0] ?? (kind === "exact" ? query[field]?.[0] : undefined);
    if (wanted === undefined) return [];
    const low = wanted.toLowerCase();
    return [(record: DnsRecord) => values(record).some((value) => matches(value.toLowerCase(), low))];
  });
}

function ordered(records: DnsRecord[], query: Query): DnsRecord[] {
  const key = query["order"]?.[0];
  const sign = query["direction"]?.[0] === "desc" ? -1 : 1;
  const value = (record: DnsRecord): string | number => {
    if (key === "ttl") return record.ttl;
    if (key === "proxied") return String(record.proxied);
    return key === "name" || key === "content" || key === "type" ? record[key] : 0;
  };
  return records.sort((left, right) => {
    const [one, other] = [value(left), value(right)];
    return sign * (one < other ? -1 : Number(one > other));
  });
}
