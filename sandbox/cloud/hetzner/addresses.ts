/** The addresses: IPv4 203.0.113.10-250 and IPv6 /64s 2001:db8:a:N::/64, a part of each for each project. */
import { HetznerError } from "./errors.ts";
import type { HetznerState } from "./state.ts";

/** A project's part of the addresses: last byte of IPv4, fourth group of IPv6; both ends count. */
export interface AddressPool {
  readonly ipv4: readonly [first: number, last: number];
  readonly ipv6: readonly [first: number, last: number];
}

/** The first project's, which the tests' stacks live in, and another one's. */
export const ADDRESS_POOLS: readonly [AddressPool, AddressPool] = [
  { ipv4: [10, 229], ipv6: [1, 0xefff] },
  { ipv4: [230, 250], ipv6: [0xf000, 0xffff] },
];

/**
 * Hands out an address never used before, or when none is left the one that is free the longest:
 * so a test that sees the same address again knows that it was kept.
 */
export function takeAddress(state: HetznerState, pool: AddressPool, family: "ipv4" | "ipv6"): string {
  const [first, last] = pool[family];
  const fresh = first + state.handedOut[family];
  if (fresh <= last) {
    state.handedOut[family] += 1;
    return family === "ipv4" ? `203.0.113.${fresh}` : `2001:db8:a:${fresh.toString(16)}::`;
  }
  const index = state.released.findIndex((address) => address.includes(":") === (family === "ipv6"));
  const [again] = index < 0 ? [] : state.released.splice(index, 1);
  if (again === undefined)
    throw new HetznerError(503, "resource_unavailable", `no ${family} address is free`);
  return again;
}

/** Puts an address at the end of the queue. */
export function releaseAddress(state: HetznerState, address: string): void {
  state.released.push(address);
}

/** Hetzner's own reverse name of an IPv4 address: `static.10.113.0.203.clients.your-server.de`. */
export function defaultReverse(ipv4: string): string {
  return `static.${ipv4.split(".").reverse().join(".")}.clients.your-server.de`;
}

/** Canonical text of an IPv6 address (RFC 5952), or undefined where it is none. */
export function canonicalIpv6(text: string): string | undefined {
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/** Whether a canonical address lies in the /64 with this base. */
export function inNetwork(address: string, base: string): boolean {
  const full = groups(address);
  return full.slice(0, 4).join(":") === groups(base).slice(0, 4).join(":");
}

function groups(address: string): string[] {
  const [head = "", tail = ""] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  return [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
}
