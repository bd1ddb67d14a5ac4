/** What the records follow from. */
import type { Config } from "../model/config.ts";

/** The part of the configuration that decides the records. */
export interface DnsInput {
  readonly domain: string;
  readonly dns: Config["dns"];
  readonly onboarding: Config["onboarding"];
  readonly mail: Pick<Config["mail"], "storage">;
  readonly certificates: Pick<Config["certificates"], "method" | "acmeChallenges">;
}
