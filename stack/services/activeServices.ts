/** Which rows of the table a server has. */
import type { Service } from "./service.ts";
import { SERVICES } from "./table.ts";
import { WEB_NAMES, webNames, type WebName, type WebSwitches } from "./webNames.ts";

/**
 * Rows of a server, in the order of the table.
 *
 * @param storage it has mailboxes. @param web labels of the web names that are switched on.
 */
export function activeServices(storage: boolean, web: readonly WebName[]): readonly Service[] {
  const isThere = ({ name, onlyWith }: Service): boolean => {
    if (onlyWith === "mailboxes") return storage;
    return onlyWith === undefined || web.some((label) => WEB_NAMES[label].servedBy === name);
  };
  return SERVICES.filter(isThere);
}

/** {@link activeServices} by a configuration. */
export function selectServices({
  mail,
  dns,
}: {
  readonly mail: { readonly storage: boolean };
  readonly dns: WebSwitches;
}): readonly Service[] {
  return activeServices(mail.storage, webNames(dns));
}
