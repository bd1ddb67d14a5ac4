/** Asks the DNS provider for the zone. */
import type { ProviderColumn } from "../model/observation.ts";
import { VendorError } from "../vendors/http.ts";
import type { ZoneReader } from "../vendors/zoneReader.ts";

/** The whole zone at its provider. A vendor that refuses or does not answer is a state, not an error. */
export async function readProvider(reader: ZoneReader): Promise<ProviderColumn> {
  try {
    return { state: "listed", records: await reader.records() };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { message: reason, fix } = error;
    return { state: "unreachable", reason, ...(fix !== undefined && { fix }) };
  }
}

/** Name servers that the provider gave the zone; none where it did not say. The records tell why. */
export async function readAssignedServers(reader: ZoneReader | undefined): Promise<readonly string[]> {
  try {
    return (await reader?.zone())?.nameServers ?? [];
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return [];
  }
}
