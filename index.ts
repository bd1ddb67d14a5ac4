/** The Pulumi program. */
import { loadEntry } from "./startup/startup.js";

const program = (await loadEntry(import.meta.dirname, "program")) as typeof import("./components/program.ts");

/** The outputs of a stack. */
export const { webAddress, login, account, mailboxes, addresses, clients, records, ssh, slots } =
  program.outputs;
export const { deployed, nextSteps } = program.outputs;

await program.reviewZone(async (known) => {
  const { findDrift } = (await loadEntry(
    import.meta.dirname,
    "zoneDrift",
  )) as typeof import("./verify/zoneDrift.ts");
  return findDrift(known);
});
