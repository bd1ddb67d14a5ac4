/** The name that the mail server greets with, read from port 25 (RFC 5321 4.2). */
import { connect } from "node:net";
import type { AuditCheck } from "../model/observation.ts";
import { COMMAND } from "../../stack/values/command.ts";

export interface BannerOptions {
  /** Default 25. */
  readonly port?: number;
  /** For connection and greeting together; default 5,000. */
  readonly timeoutMs?: number;
}

/** Longest line of a reply (RFC 5321 4.5.3.1.5), with room for careless servers. */
const LONGEST_LINE = 2048;

/** The first line; absent when none came in time. */
function firstLine(
  address: string,
  { port = 25, timeoutMs = 5_000 }: BannerOptions,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    let text = "";
    const end = (line?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(line);
    };
    const timer = setTimeout(end, timeoutMs);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const line = /^(.*?)\r?\n/.exec(text)?.[1];
      if (line !== undefined || text.length > LONGEST_LINE) end(line);
    });
    socket.on("error", () => {
      end();
    });
    socket.on("end", () => {
      end();
    });
  });
}

/**
 * Reads the greeting at an address.
 *
 * @param names that it may bear. Many networks close port 25 outward, so silence says nothing.
 */
export async function checkBanner(
  address: string,
  names: readonly string[],
  options: BannerOptions = {},
): Promise<AuditCheck> {
  const base = { check: "banner", subject: address } as const;
  const line = await firstLine(address, options);
  if (line === undefined) {
    const seen = "no greeting on port 25 from here (many networks close it outward)";
    const fix = `from a network that lets port 25 out: nc ${address} 25`;
    return { ...base, state: "unknown", severity: "info", seen, fix };
  }
  const name = /^220[ -](\S+)/.exec(line)?.[1]?.toLowerCase().replace(/\.$/, "");
  if (name !== undefined && names.includes(name)) {
    return { ...base, state: "ok", severity: "info", seen: `greets as ${name}` };
  }
  const seen = `greets with "${line.slice(0, 80)}", expected is ${names.join(" or ")}`;
  return { ...base, state: "bad", severity: "warning", seen, fix: `${COMMAND} logs mx` };
}
