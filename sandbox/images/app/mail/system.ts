/** Mail of the server itself, as upstream sends it: by a login at its own SMTP, whose certificate is checked. */
import { createTransport } from "nodemailer";
import type { Settings } from "../settings.ts";

const LIMIT_MS = 15_000;

/**
 * Sends one. Throws where the alias of SMTP_TRANSPORT_USER is not there with that very password, its domain may not log in
 * or send, or the certificate is not one that everybody trusts.
 */
export async function sendSystemMail(
  { transport, webHost }: Settings,
  message: { readonly to: string; readonly subject: string; readonly text: string },
): Promise<void> {
  const sending = createTransport({
    host: transport.host,
    port: transport.port,
    secure: true,
    auth: { user: transport.user, pass: transport.password },
    connectionTimeout: LIMIT_MS,
    greetingTimeout: LIMIT_MS,
    socketTimeout: LIMIT_MS,
  });
  try {
    await sending.sendMail({ from: { name: webHost, address: transport.user }, ...message });
  } finally {
    sending.close();
  }
}
