/** Pages, as plain as they can be. */
import type { ChecklistItem } from "../domain/checklist.ts";

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title><h1>${escaped(title)}</h1>${content}</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${String(letter.charCodeAt(0))};`);
}

/** A form for address and password. */
export function formPage(title: string, action: string, button: string): string {
  const inputs = `<input name="email" type="email" required><input name="password" type="password" required>`;
  return page(
    title,
    `<form method="post" action="${action}">${inputs}<button>${escaped(button)}</button></form>`,
  );
}

/** The domains, and a form to add one. */
export function domainsPage(names: readonly string[]): string {
  const items = names
    .map((name) => `<li><a href="/en/setup/dns/${escaped(name)}">${escaped(name)}</a>`)
    .join("");
  return page(
    "Domains",
    `<ul>${items}</ul><form method="post" action="/en/my-account/domains"><input name="domain" required><button>Add</button></form>`,
  );
}

/** The records that a domain needs. */
export function checklistPage(name: string, items: readonly ChecklistItem[]): string {
  const rows = items
    .map((item) => [item.pass ? "yes" : "no", item.type, item.name, item.expected])
    .map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`)
    .join("");
  const button = `<form method="post" action="/en/my-account/domains/${escaped(name)}/verify-smtp"><button>Verify</button></form>`;
  return page(`DNS of ${name}`, `<table>${rows}</table>${button}`);
}
