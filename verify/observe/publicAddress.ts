/** Which address this machine has to the Internet: what the firewall has to let in. */
import * as https from "node:https";
import process from "node:process";
import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";

/** Answers with lines `NAME=VALUE`, `ip` among them. @see https://developers.cloudflare.com/fundamentals/reference/cdn-cgi-endpoint/ */
const TELLS = "https://one.one.one.one/cdn-cgi/trace";

/** Seconds after which nobody is waited for. */
const TIMEOUT_SECONDS = 4;

/** Most that is read of an answer, in characters. */
const MOST = 10_000;

function send(url: URL): Promise<IncomingMessage> {
  const { get } = url.protocol === "http:" ? process.getBuiltinModule("node:http") : https;
  const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  return new Promise((resolve, reject) => {
    // By IPv4: the deploy reaches the server by that, and the address of the other family would be none of its.
    get(url, { family: 4, signal }, resolve).on("error", reject);
  });
}

/**
 * Asks Cloudflare, which answers everyone.
 *
 * @param place who is asked instead.
 * @returns the IPv4 address that it sees; undefined where it does not tell within 4 seconds.
 */
export async function publicAddress(place: string = TELLS): Promise<string | undefined> {
  let text = "";
  try {
    const answer = await send(new URL(place));
    for await (const part of answer as AsyncIterable<Buffer>) {
      text += part.toString("latin1");
      if (text.length > MOST) return undefined;
    }
  } catch {
    return undefined;
  }
  const [, address = ""] = /^ip=(\S+)$/m.exec(text) ?? [];
  return isIPv4(address) ? address : undefined;
}
