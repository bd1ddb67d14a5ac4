/** Ways in which a zone goes wrong, one at a time. */
import { AUTHORITIES } from "./authorities.ts";
import { BESIDE_DECLARED } from "./besideDeclared.ts";
import type { Kind } from "./goodZone.ts";
import { MAIL_NAMES } from "./mailNames.ts";
import { OF_DECLARED } from "./ofDeclared.ts";

/** Where a zone has nothing for a kind, the next one takes its turn: so one that fits seldom follows another such. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ...OF_DECLARED,
  ...MAIL_NAMES,
  ...BESIDE_DECLARED,
  ...AUTHORITIES,
};
