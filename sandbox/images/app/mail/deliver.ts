/** Hands one message to the recipient's mail exchange. */
import { createTransport } from "nodemailer";
import { addressesOf, exchangesOf, firstIpv4 } from "../domain/lookup.ts";
import type { Settings } from "../settings.ts";

/** The far side said no for good. */
export class Rejected extends Error {}

/** A message as it goes over the wire. */
export interface Envelope {
  readonly sender: string;
  readonly recipient: string;
  readonly raw: Buffer;
}

/**
 * Delivers over IPv4 from the host's first address, by MX (or the domain's own address, RFC 5321 5.1), with TLS where it
 * is offered. Throws `Rejected` on a 5xx answer, another error when the next try may do better.
 */
export async function deliver(settings: Settings, envelope: Envelope): Promise<string> {
  const domain = envelope.recipient.slice(envelope.recipient.lastIndexOf("@") + 1);
  const records = await exchangesOf(domain);
  const hosts = records.length > 0 ? records.map((record) => record.exchange) : [domain];
  let last: unknown = new Error(`${domain} has no mail exchange with an IPv4 address`);
  for (const host of hosts) {
    for (const address of await addressesOf(host)) {
      try {
        return await send(settings, envelope, host, address);
      } catch (error) {
        if (((error as { responseCode?: number }).responseCode ?? 0) >= 500) {
          throw new Rejected((error as Error).message, { cause: error });
        }
        last = error;
      }
    }
  }
  throw last;
}

async function send(settings: Settings, envelope: Envelope, host: string, address: string): Promise<string> {
  const transport = createTransport({
    host: address,
    port: 25,
    name: settings.smtpHost,
    localAddress: firstIpv4(),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    // Between mail servers TLS is taken as it comes (RFC 7435): a bad certificate is still better than none.
    tls: { servername: host, rejectUnauthorized: false },
  });
  try {
    const info = await transport.sendMail({
      envelope: { from: envelope.sender, to: [envelope.recipient] },
      raw: envelope.raw,
    });
    return info.response;
  } finally {
    transport.close();
  }
}
