/** Faults the APIs are told to make: how many times, on which requests, in which way. */
import { z } from "zod";
import { type Vendor, VENDORS } from "./requestLog.ts";

/**
 * What goes wrong.
 * - `rate_limit`: 429 with Retry-After (`seconds`, default 1).
 * - `status`: the given status, nothing done.
 * - `hang`: nothing for `seconds` (default 60), then the line is cut; nothing done.
 * - `drop_before`: the line is cut, nothing done. `drop_after`: done, then the line is cut.
 * - `slow_boot`: the create action of a server stays running `seconds` (default 30) longer.
 * - `boot_failure`: the create action of a server ends in an error, no machine is made.
 */
export const faultSchema = z.strictObject({
  vendor: z.enum(VENDORS).optional(),
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .optional(),
  /** Regular expression on path and query, such as `^/v1/servers$`; default: every path. */
  path: z.string().default("").refine(isRegExp, "is not a regular expression"),
  /** Regular expression on the body as it was sent, such as `"name":"mx\\.example\\.net"`; default: every body. */
  body: z.string().default("").refine(isRegExp, "is not a regular expression"),
  kind: z.enum(["rate_limit", "status", "hang", "drop_before", "drop_after", "slow_boot", "boot_failure"]),
  status: z.int().min(400).max(599).optional(),
  times: z.int().min(1).default(1),
  seconds: z.number().min(0).max(86_400).optional(),
});

/** What is told. */
type GivenFault = z.infer<typeof faultSchema>;

/** A fault with the number of times it has left, and the number by which it is taken back. */
export type Fault = GivenFault & { readonly id: number };

/** What a request shows of itself to a fault. */
export interface FaultTarget {
  readonly vendor: Vendor;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** As it was sent; empty where there is none. */
  readonly body: string;
}

/** All faults in wait, in the order given. */
export interface FaultBook {
  /** @returns its number. */
  add(fault: GivenFault): number;
  clear(): void;
  /** Takes one back. Nothing happens where it is used up. */
  remove(id: number): void;
  list(): readonly Fault[];
  /** Uses up one time of the first fitting fault of these kinds. */
  take(target: FaultTarget, kinds: readonly Fault["kind"][]): Fault | undefined;
}

/** An empty book; it lives as long as the process. */
export function openFaultBook(): FaultBook {
  let faults: Fault[] = [];
  let id = 0;
  return {
    add(fault) {
      id += 1;
      faults.push({ ...fault, id });
      return id;
    },
    clear: () => void (faults = []),
    remove: (unwanted) => void (faults = faults.filter((fault) => fault.id !== unwanted)),
    list: () => faults,
    take(target, kinds) {
      const found = faults.find((fault) => kinds.includes(fault.kind) && fits(fault, target));
      if (found === undefined) return undefined;
      found.times -= 1;
      faults = faults.filter((fault) => fault.times > 0);
      return { ...found };
    },
  };
}

function fits(fault: Fault, target: FaultTarget): boolean {
  return (
    (fault.vendor ?? target.vendor) === target.vendor &&
    (fault.method ?? target.method) === target.method &&
    new RegExp(fault.path).test(target.path) &&
    new RegExp(fault.body).test(target.body)
  );
}

function isRegExp(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
