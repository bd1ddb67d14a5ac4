/** Whether images run on the server that a stack's file names; told only where a token to ask its vendor is at hand. */
import { readRawConfig } from "../../stack/config/readRawConfig.ts";
import { SERVER } from "../../stack/config/keys/schema.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { judgePlatforms, type ImagePlatforms } from "../../verify/preflight/checkPlatforms.ts";
import type { CloudAccount } from "../../verify/vendors/cloud.ts";
import { VendorError } from "../../verify/vendors/http.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { CommandError } from "../output/terminal.ts";
import { readToken } from "../tokens.ts";

/** The server's size, as far as the file says it in a form that can be read. */
function readServer(values: Readonly<Record<string, string>>) {
  const { server } = readRawConfig(values);
  const given = (typeof server === "object" && server !== null ? server : {}) as Record<string, unknown>;
  const provider = SERVER.provider.schema.safeParse(given["provider"] ?? SERVER.provider.default.value);
  const type = given["type"] ?? SERVER.type.default.value;
  return provider.success && typeof type === "string" ? { provider: provider.data, type } : undefined;
}

async function openAccount(
  stack: string,
  provider: keyof typeof OPEN_ACCOUNT,
): Promise<CloudAccount | undefined> {
  try {
    return OPEN_ACCOUNT[provider](await readToken(CLOUDS[provider].token, stack));
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/**
 * Faults of images that are not made for the server's processor.
 *
 * @param values of the stack's file.
 */
export async function checkServer(
  stack: string,
  values: Readonly<Record<string, string>>,
  images: readonly ImagePlatforms[],
): Promise<Finding[]> {
  const server = readServer(values);
  const account = server && (await openAccount(stack, server.provider));
  if (server === undefined || account?.offer === undefined) return [];
  try {
    const { sizes } = await account.offer(new Date());
    const size = sizes.find(({ name }) => name === server.type);
    return size === undefined ? [] : judgePlatforms(images, size);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const seen = `which processor ${server.type} has could not be asked: ${error.message}`;
    return [{ subject: "server type", state: "warn", seen, fix: "run this again in some minutes" }];
  }
}
