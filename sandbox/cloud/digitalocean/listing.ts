/** Lists in pages: `page` and `per_page` of at most 200; `links.pages` names the neighbours. */
import { unprocessable } from "./errors.ts";

const DEFAULT_PAGE = 20;
const MOST = 200;
/** The vendor names itself, whoever asked and how. */
const SELF = "https://api.digitalocean.com";

/** A page of a list under its name, with `links` and `meta`. */
export function listed(name: string, items: readonly unknown[], url: URL): Record<string, unknown> {
  const page = positive(url, "page", 1);
  const perPage = Math.min(positive(url, "per_page", DEFAULT_PAGE), MOST);
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  const link = (wanted: number): string => {
    const query = new URLSearchParams(url.searchParams);
    query.set("page", String(wanted));
    return `${SELF}${url.pathname}?${query.toString()}`;
  };
  const before = page > 1 ? { first: link(1), prev: link(page - 1) } : {};
  const after = page < pages ? { next: link(page + 1), last: link(pages) } : {};
  return {
    [name]: items.slice((page - 1) * perPage, page * perPage),
    links: pages === 1 ? {} : { pages: { ...before, ...after } },
    meta: { total: items.length },
  };
}

function positive(url: URL, key: string, otherwise: number): number {
  const value = Number(url.searchParams.get(key) ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw unprocessable(`${key} must be a number of at least 1`);
  return value;
}
