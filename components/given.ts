/** Late values that come from the configuration and not from resources. */
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../stack/config/config.ts";
import type { SlotName } from "../stack/slots.ts";
import { SLOTS } from "../stack/slots.ts";

/** Slots that the configuration fills. */
export type GivenSlot = Extract<SlotName, "dnsApiToken" | "providedCertificate" | "providedPrivateKey">;

/** The values that are there; what the plan uses and nobody gave is named when it is needed. */
export type GivenValues = Readonly<Partial<Record<GivenSlot, pulumi.Output<string>>>>;

/**
 * Values from the checked configuration and from the DNS provider's own setting.
 *
 * @param all Every configuration value of the stack; `cloudflare:apiToken` is the token of the DNS provider.
 * @param environment Where that provider's plugin looks next: `CLOUDFLARE_API_TOKEN`.
 */
export function givenValues(
  certificates: Pick<Config["certificates"], "certificate" | "privateKey">,
  all: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): GivenValues {
  const texts: Record<GivenSlot, string | undefined> = {
    dnsApiToken: all["cloudflare:apiToken"] ?? environment["CLOUDFLARE_API_TOKEN"],
    providedCertificate: certificates.certificate,
    providedPrivateKey: certificates.privateKey,
  };
  const given: Partial<Record<GivenSlot, pulumi.Output<string>>> = {};
  for (const [name, text] of Object.entries(texts) as [GivenSlot, string | undefined][]) {
    if (text !== undefined) given[name] = SLOTS[name].secret ? pulumi.secret(text) : pulumi.output(text);
  }
  return given;
}
