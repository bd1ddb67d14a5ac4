/** Lists: filters by name and label, sorting, pages of 25 (at most 50, or `most`). */
import { invalid } from "./errors.ts";

/** What every listed thing has for filters and order. */
export interface Listed {
  readonly id: number | string;
  readonly name?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly created?: string;
}

/** Values of a query, repeated ones in order. */
export type Query = Record<string, string[]>;

/** One page under its key, with `meta.pagination`. */
export function listAnswer<T extends Listed>(
  key: string,
  things: readonly T[],
  query: Query,
  show: (thing: T) => unknown,
  most = 50,
): Record<string, unknown> {
  const { page, perPage } = pageOf(query, most);
  const wanted = sorted(filtered(things, query), query);
  const last = Math.max(1, Math.ceil(wanted.length / perPage));
  return {
    [key]: wanted.slice((page - 1) * perPage, page * perPage).map(show),
    meta: {
      pagination: {
        page,
        per_page: perPage,
        previous_page: page > 1 ? page - 1 : null,
        next_page: page < last ? page + 1 : null,
        last_page: last,
        total_entries: wanted.length,
      },
    },
  };
}

function pageOf(query: Query, most: number): { page: number; perPage: number } {
  const page = Number(query["page"]?.[0] ?? 1);
  const perPage = Number(query["per_page"]?.[0] ?? 25);
  if (!Number.isInteger(page) || page < 1) throw invalid("page", "must be a number of at least 1");
  if (!Number.isInteger(perPage) || perPage < 1) throw invalid("per_page", "must be a number of at least 1");
  return { page, perPage: Math.min(perPage, most) };
}

function filtered<T extends Listed>(things: readonly T[], query: Query): T[] {
  const names = query["name"];
  const selector = query["label_selector"]?.[0];
  return things.filter(
    (thing) =>
      (names === undefined || names.includes(thing.name ?? "")) &&
      (selector === undefined || selects(selector, thing.labels ?? {})),
  );
}

/** Whether labels fit a selector: `a`, `!a`, `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, joined by commas. */
export function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const terms = selector.match(/[^,(]+(\([^)]*\))?/g) ?? [];
  return terms.every((term) => fitsTerm(term.trim(), labels));
}

function fitsTerm(term: string, labels: Readonly<Record<string, string>>): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = "", operator, values = ""] = set;
    const value = labels[key];
    const inSet = value !== undefined && values.split(",").some((one) => one.trim() === value);
    return operator === "in" ? inSet : !inSet;
  }
  const comparison = /^([^!=\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (comparison !== null) {
    const [, key = "", operator, value] = comparison;
    return operator === "!=" ? labels[key] !== value : labels[key] === value;
  }
  const present = /^(!?)([^!=\s]+)$/.exec(term);
  if (present === null) throw invalid("label_selector", `'${term}' is not understood`);
  return (labels[present[2] ?? ""] !== undefined) === (present[1] === "");
}

const SORT_KEYS = ["id", "name", "created", "status", "command", "started", "finished", "progress"];

function sorted<T extends Listed>(things: readonly T[], query: Query): T[] {
  const orders = (query["sort"] ?? []).map((text) => text.split(":"));
  for (const [key = "", direction] of orders) {
    if (!SORT_KEYS.includes(key)) throw invalid("sort", `'${key}' is not a field to sort by`);
    if (direction !== undefined && direction !== "asc" && direction !== "desc") {
      throw invalid("sort", `'${direction}' is not a direction`);
    }
  }
  return [...things].sort((left, right) => {
    for (const [key = "", direction] of orders) {
      const order = compare(Reflect.get(left, key), Reflect.get(right, key));
      if (order !== 0) return direction === "desc" ? -order : order;
    }
    return compare(left.id, right.id);
  });
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return text(left).localeCompare(text(right));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
