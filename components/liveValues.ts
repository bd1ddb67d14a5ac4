/** What a drill takes from the stack that it is of: keys and secrets, and the addresses that it keeps away from. */
import * as pulumi from "@pulumi/pulumi";
import { LIVE_SLOTS } from "../stack/drill/drillPlan.ts";
import type { DrillOf } from "../stack/drill/drillStack.ts";
import { slotKind, type SlotName } from "../stack/values/slots.ts";
import type { SlotValues } from "./bind.ts";
import { refusal } from "./errors.ts";

type Texts = Readonly<Partial<Record<SlotName, string>>>;

/** As the engine knows the stack. It is the first thing in a drill's state, by which `mailstead drill` knows one again. */
async function readLive(stack: string): Promise<{ readonly slots: Texts; readonly addresses: Texts }> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  const live = new pulumi.StackReference("live", { name });
  const [slots, addresses] = [await live.getOutputDetails("slots"), await live.getOutputDetails("addresses")];
  const { ipv4, ipv6 } = (addresses.value ?? {}) as { ipv4?: string; ipv6?: string };
  return {
    slots: (slots.secretValue ?? slots.value ?? {}) as Texts,
    addresses: { ...(ipv4 && { liveIpv4: ipv4 }), ...(ipv6 && { liveIpv6: ipv6 }) },
  };
}

/**
 * Reads them, before anything else is declared.
 *
 * @throws StopError where one is missing: with another in its place the mail could not be read
 */
export async function liveValues({ stack }: DrillOf): Promise<SlotValues> {
  const { slots, addresses } = await readLive(stack);
  const known: Texts = { ...slots, ...addresses };
  const names: readonly SlotName[] = [...LIVE_SLOTS, "liveIpv4", "liveIpv6"];
  const missing = names.filter((name) => known[name] === undefined);
  if (missing.length > 0)
    throw refusal(`the stack ${stack} does not tell its ${missing.join(", ")}`, [
      `Run \`pulumi up --stack ${stack}\`, which writes them down.`,
    ]);
  return Object.fromEntries(
    names.map((name) => {
      const text = known[name] ?? "";
      return [name, slotKind(name).secret ? pulumi.secret(text) : pulumi.output(text)];
    }),
  );
}
