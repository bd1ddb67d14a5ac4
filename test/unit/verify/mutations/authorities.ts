/** Records of others that say who may give certificates (RFC 8659, RFC 8657). */
import { added, foreign, type Kind } from "./goodZone.ts";

/** RFC 8659: an authority that is not named may not issue; of several named, each may; a critical unknown stops all. */
const authority: Kind = (good, choose) => {
  const declares = good.declared.some(({ name, type }) => type === "CAA" && name === good.domain);
  const value = choose("0 issue ca.example.net", "128 future x");
  const verdict = declares && value.startsWith("0 ") ? "stray" : "conflict";
  return added(foreign(good.domain, "CAA", value, choose), verdict, good);
};

export const AUTHORITIES = { authority };
