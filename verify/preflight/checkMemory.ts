/** Whether the server has the memory that its containers need. */
import type { Plan } from "../../stack/model/plan.ts";
import type { Finding } from "../model/finding.ts";
import type { CloudOffer, ServerSize } from "../vendors/cloud.ts";

/** Most sizes that are named. */
const MOST_NAMED = 6;

/** Sizes of the location with enough memory and the same processor, in the vendor's order. */
function findEnough(
  { sizes }: CloudOffer,
  location: string,
  needed: number,
  { architecture }: ServerSize,
): string[] {
  return sizes
    .filter((one) => location in one.prices && one.architecture === architecture)
    .filter(({ memoryMib = 0 }) => memoryMib >= needed)
    .map(({ name }) => name)
    .slice(0, MOST_NAMED);
}

/** A fault where it has not; none where the vendor does not say how much it has. */
export function checkMemory(
  { memoryMib: needed, server }: Pick<Plan, "memoryMib" | "server">,
  offer: CloudOffer,
): Finding[] {
  const size = offer.sizes.find(({ name }) => name === server.type);
  if (size?.memoryMib === undefined || size.memoryMib >= needed) return [];
  const enough = findEnough(offer, server.location, needed, size);
  const larger = enough.length === 0 ? "a larger one" : `one of ${enough.join(", ")}`;
  return [
    {
      subject: "memory",
      state: "bad",
      seen: `${server.type} has ${size.memoryMib} MiB, and the containers need ${needed} MiB`,
      fix: `set mailstead:server.type to ${larger}; without mailboxes (mailstead:mail.storage: false) less is enough`,
    },
  ];
}
