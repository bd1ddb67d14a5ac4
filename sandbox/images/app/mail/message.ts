/** Small things about messages that several processes need. */
import type { Readable } from "node:stream";
import type { SMTPServerSession } from "smtp-server";
import { addressparser } from "./author.ts";

/** Largest message, bytes (upstream's SMTP_MESSAGE_MAX_SIZE). */
export const SIZE_LIMIT = 50 * 1024 * 1024;

/** An SMTP refusal: the code, and the words after it. */
export function reply(code: number, words: string): Error & { responseCode: number } {
  return Object.assign(new Error(words), { responseCode: code });
}

/** Reads a message to its end. Refuses what is larger than the limit, after having read it, as SMTP demands. */
export async function bodyOf(stream: Readable & { sizeExceeded?: boolean }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (stream.sizeExceeded !== true) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded === true) throw reply(552, "5.3.4 the message is larger than 50 MB");
  return Buffer.concat(chunks);
}

/** Domain of an address, lower case; empty for the null sender. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** Values of the header's fields of a name, unfolded. */
export function fieldsOf(message: Buffer, name: string): string[] {
  const end = message.indexOf("\r\n\r\n");
  const head = message.subarray(0, end < 0 ? undefined : end).toString("latin1");
  const lines = head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
  const start = `${name.toLowerCase()}:`;
  return lines
    .filter((line) => line.toLowerCase().startsWith(start))
    .map((line) => line.slice(start.length).trim());
}

/** The one address in From:, empty when there is none or several. */
export function authorOf(message: Buffer): string {
  const authors = fieldsOf(message, "from");
  const addresses = addressparser(authors[0] ?? "");
  return authors.length === 1 && addresses.length === 1 ? (addresses[0] ?? "") : "";
}

/** The trace line that every hop adds (RFC 5321 4.4). */
export function receivedLine(session: SMTPServerSession, by: string): string {
  const date = new Date().toUTCString().replace("GMT", "+0000");
  const protocol = session.secure ? "ESMTPS" : "ESMTP";
  // smtp-server writes an IPv6 address plainly, and an IPv4 one mapped where it listens on both families.
  const client = session.remoteAddress.replace(/^::ffff:/, "");
  return `Received: from ${session.hostNameAppearsAs || "unknown"} ([${client}])\r\n by ${by} with ${protocol}; ${date}\r\n`;
}
