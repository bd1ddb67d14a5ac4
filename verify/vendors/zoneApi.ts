/** How the zones of a DNS provider are asked over its REST API. */
import type { ZoneReader } from "./zoneReader.ts";

export interface ZoneApi {
  /**
   * Reads a zone.
   *
   * @param zone lower-case FQDN.
   * @param zoneId the provider's own id of the zone, where it has one; spares a call.
   */
  reader(zone: string, token: string, zoneId?: string): ZoneReader;
  /** URL of a record, or of a whole set where the provider keeps sets, by its import id: what is deleted there goes. */
  recordUrl(importId: string): string;
}
