/** One try to send one message: MX, address, STARTTLS with a certificate that must be right. */
import { readFileSync } from "node:fs";
import { createTransport } from "nodemailer";
import type { OutsideSettings } from "./settings.ts";

/** Address family. */
type Family = "ipv4" | "ipv6";

/** A message to send. */
export interface OutgoingMessage {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Goes by this family only; by either, IPv4 first, when absent. */
  readonly family?: Family | undefined;
}

/** How a try ended. Only `refused` (a 5xx answer) is final. */
export type Outcome =
  | { readonly kind: "sent"; readonly answer: string; readonly address: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "later"; readonly reason: string };

/** Tries every address of every mail exchange, most preferred first, until one takes the message or refuses it. */
export async function sendOnce(
  settings: OutsideSettings,
  message: OutgoingMessage & { id: string },
): Promise<Outcome> {
  const domain = message.to.slice(message.to.lastIndexOf("@") + 1);
  try {
    const targets = await targetsOf(settings, domain, message.family);
    let outcome: Outcome = {
      kind: "later",
      reason: `${domain} has no mail exchange with an address of the family`,
    };
    for (const target of targets) {
      outcome = await sendTo(settings, message, target);
      if (outcome.kind !== "later") return outcome;
    }
    return outcome;
  } catch (error) {
    return { kind: "later", reason: firstLine(error) };
  }
}

interface Target {
  readonly host: string;
  readonly address: string;
}

async function targetsOf(
  settings: OutsideSettings,
  domain: string,
  family: Family | undefined,
): Promise<Target[]> {
  const records = await settings.resolver.resolveMx(domain);
  records.sort((a, b) => a.priority - b.priority);
  const targets: Target[] = [];
  for (const { exchange: host } of records) {
    const ipv4 = family === "ipv6" ? [] : await settings.resolver.resolve4(host).catch(() => []);
    const ipv6 = family === "ipv4" ? [] : await settings.resolver.resolve6(host).catch(() => []);
    targets.push(...[...ipv4, ...ipv6].map((address) => ({ host, address })));
  }
  return targets;
}

async function sendTo(
  settings: OutsideSettings,
  message: OutgoingMessage & { id: string },
  target: Target,
): Promise<Outcome> {
  const from = target.address.includes(":") ? settings.ipv6 : settings.ipv4;
  const transport = createTransport({
    host: target.address,
    port: settings.port,
    name: settings.name,
    ...(from === undefined ? {} : { localAddress: from }),
    requireTLS: true,
    tls: { servername: target.host, ca: readFileSync(settings.ca, "utf8") },
    connectionTimeout: 5_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  });
  try {
    const { from: author, to, subject, text, id } = message;
    const info = await transport.sendMail({
      from: author,
      to,
      subject,
      text,
      messageId: `<${id}@${settings.name}>`,
    });
    return { kind: "sent", answer: info.response, address: target.address };
  } catch (error) {
    const refused = ((error as { responseCode?: number }).responseCode ?? 0) >= 500;
    return { kind: refused ? "refused" : "later", reason: `${target.address}: ${firstLine(error)}` };
  } finally {
    transport.close();
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
