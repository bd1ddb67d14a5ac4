/** A stand-in started in this process, on a loopback port, with the engine's side of the line. */
import { ProviderClient } from "../../../../sandbox/providers/protocol/client.ts";
import type { ProviderDefinition } from "../../../../sandbox/providers/protocol/handler.ts";
import { startProvider } from "../../../../sandbox/providers/protocol/server.ts";
import type { Properties } from "../../../../sandbox/providers/protocol/value.ts";

/** A configured plugin. */
export interface StartedPlugin {
  readonly client: ProviderClient;
  /** What the plugin told the engine: `warning: text`. */
  readonly messages: readonly string[];
  stop(): void;
}

/** Starts and configures one. */
export async function startedPlugin(
  definition: ProviderDefinition,
  config: Properties = {},
): Promise<StartedPlugin> {
  const messages: string[] = [];
  const running = await startProvider(
    definition,
    (severity, text) => void messages.push(`${severity}: ${text}`),
  );
  const client = new ProviderClient(running.port);
  await client.configure(config);
  return {
    client,
    messages,
    stop() {
      client.close();
      running.stop();
    },
  };
}

/** Message of a call's failure, and the status details in which the engine finds a half-made resource. */
export async function failureOf(
  call: Promise<unknown> | undefined,
): Promise<{ message: string; details: string }> {
  try {
    await call;
  } catch (thrown) {
    const { message, metadata } = thrown as Error & { metadata?: { get(key: string): unknown[] } };
    return { message, details: String(metadata?.get("grpc-status-details-bin")[0]) };
  }
  throw new Error("the call did not fail");
}
