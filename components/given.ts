/** Late values that come from the configuration and not from resources. */
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../stack/model/config.ts";
import { DNS_PROVIDERS } from "../stack/vendors/registry.ts";
import { findToken } from "../stack/vendors/tokenPlaces.ts";
import { describeStop } from "../stack/model/describeIssue.ts";
import type { Plan } from "../stack/model/plan.ts";
import type { SlotName } from "../stack/values/slots.ts";
import { findSlots, slotKind, slotOf } from "../stack/values/slots.ts";
import { StopError } from "./errors.ts";

/** Slots that the configuration fills. */
export type GivenSlot = Extract<
  SlotName,
  | "dnsApiToken"
  | "providedCertificate"
  | "providedPrivateKey"
  | "backupAccessKeyId"
  | "backupSecretAccessKey"
  | "backupPingUrl"
  | `mailboxPassword.${string}`
>;

/** The values that are there; what the plan uses and nobody gave is named when it is needed. */
export type GivenValues = Readonly<Partial<Record<GivenSlot, pulumi.Output<string>>>>;

/** What of the configuration is given to the plan's slots, and by whom the zone is kept. */
export interface GivenBy {
  readonly dns: Pick<Config["dns"], "provider">;
  readonly certificates: Pick<Config["certificates"], "certificate" | "privateKey">;
  readonly mailboxes: Config["mailboxes"];
  readonly backups?: Config["backups"];
}

/**
 * Values from the checked configuration and from the DNS provider's own setting.
 *
 * @param all Every configuration value of the stack, the DNS provider's token among them (`cloudflare:apiToken`).
 * @param environment Where that provider's plugin looks next (`CLOUDFLARE_API_TOKEN`).
 */
export function givenValues(
  { dns, certificates, mailboxes, backups }: GivenBy,
  all: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): GivenValues {
  const place = DNS_PROVIDERS[dns.provider].token;
  const texts: Record<GivenSlot, string | undefined> = {
    dnsApiToken: findToken(place, all[place.key], environment)?.token,
    providedCertificate: certificates.certificate,
    providedPrivateKey: certificates.privateKey,
    backupAccessKeyId: backups?.accessKeyId,
    backupSecretAccessKey: backups?.secretAccessKey,
    backupPingUrl: backups?.pingUrl,
    ...Object.fromEntries(mailboxes.map(({ name, password }) => [slotOf("mailboxPassword", name), password])),
  };
  const given: Partial<Record<GivenSlot, pulumi.Output<string>>> = {};
  for (const [name, text] of Object.entries(texts) as [GivenSlot, string | undefined][]) {
    if (text !== undefined) given[name] = slotKind(name).secret ? pulumi.secret(text) : pulumi.output(text);
  }
  return given;
}

/**
 * Stops where the host is to be given the DNS provider's token, and nobody gave it to us.
 *
 * @throws StopError before anything is declared
 */
export function needDnsToken(
  { files, dnsProvider }: Pick<Plan, "files" | "dnsProvider">,
  given: GivenValues,
): void {
  const isNeeded = files.some(
    ({ content }) => !("asset" in content) && findSlots(content).includes("dnsApiToken"),
  );
  if (!isNeeded || given.dnsApiToken !== undefined) return;
  const { key, variables } = DNS_PROVIDERS[dnsProvider].token;
  throw new StopError(
    describeStop(
      `There is no ${variables[0]} and no ${key}: the server orders its certificate with it. Nothing was changed.`,
      `export ${variables[0]}, or: pulumi config set --secret ${key}`,
    ),
  );
}
