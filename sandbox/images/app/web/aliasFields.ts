/** Aliases as callers of the web interface and the API give and see them. */
import { Refusal } from "../domain/refusal.ts";
import type { AliasDocument } from "../models/aliases.ts";
import type { Call } from "./router.ts";

/** Fields of a new alias. */
export function aliasFields({ fields }: Call): {
  name: string;
  recipients: string[];
  has_imap: boolean;
} {
  const recipients = listOf(fields["recipients"]);
  return { name: (fields["name"] ?? "").toLowerCase(), recipients, has_imap: fields["has_imap"] === "true" };
}

/** What is shown of an alias. */
export function shownAlias({ id, name, is_enabled, has_imap, recipients }: AliasDocument): object {
  return { id: id, name, is_enabled, has_imap, recipients };
}

/** Addresses given as one text, with commas between. */
function listOf(text = ""): string[] {
  const addresses = text
    .split(",")
    .map((address) => address.trim())
    .filter(Boolean);
  for (const address of addresses) {
    if (!/^[^@\s]+@[^@\s]+$/.test(address))
      throw new Refusal(400, `${JSON.stringify(address)} is not an address`);
  }
  return addresses;
}
