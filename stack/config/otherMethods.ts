/** Which methods of having a certificate go with the rest of the configuration. Every check that refuses one names these. */
import { DNS_PROVIDERS } from "../vendors/registry.ts";
import type { Draft } from "./draft.ts";

/** Why `dns.mx: hold` and an order by `http-01` do not go together. */
export const HELD_NAMES_ASKED =
  "http-01 asks at names such as imap and smtp, which dns.mx: hold leaves to another server";

type Setting = readonly [path: "certificates.method" | "server.image", value: string];

/** Settings in words, with the line that makes them. */
function way(...settings: readonly Setting[]): string {
  const words = settings.map(([path, value]) => `${path} to ${value}`).join(" and ");
  const lines = settings.map(([path, value]) => `pulumi config set --path mailstead:${path} ${value}`);
  return `${words}: ${lines.join(" && ")}`;
}

function method(value: string): Setting {
  return ["certificates.method", value];
}

/**
 * Settings that take the place of an order by `dns-01` or `http-01` that cannot be carried out, as
 * `certificates.method to http-01: pulumi config set …`; the nearest first, never none. An order by `http-01` asks at
 * names that `dns.mx: hold` leaves to another server, and one by `dns-01` wants a certbot plugin for the zone's provider
 * in the host's image. Where neither can be had, the certificate is made by hand or comes from elsewhere.
 */
export function otherMethods({
  certificates,
  dns,
  server,
}: Pick<Draft, "certificates" | "dns" | "server">): readonly string[] {
  const { image } = server;
  // What could not be read is told already.
  const images =
    dns.provider === undefined
      ? [image].filter((one) => one !== undefined)
      : DNS_PROVIDERS[dns.provider].authenticator?.distributions;
  const has = (other: string | undefined): boolean => images?.some((one) => one === other) === true;
  const isDns = certificates.method === "dns-01";
  const isHeld = dns.mx === "hold";
  const dnsOrder = isDns ? [] : [method("dns-01")];
  return [
    ...(isHeld || !isDns ? [] : [way(method("http-01"))]),
    ...(has(image)
      ? dnsOrder.map((one) => way(one))
      : (images ?? []).map((other) => way(...dnsOrder, ["server.image", other]))),
    ...(isHeld && !has(image) ? [way(method("manual")), way(method("provided"))] : []),
  ];
}
