/**
 * The server that runs now against the one that is planned: what waits for the next generation, and what is refused.
 *
 * The server keeps its labels from creation, so they tell what it was made from.
 */
import { bornChanges } from "../../stack/changes/bornChanges.ts";
import type { PlannedServer } from "../../stack/model/plan.ts";
import type { DeployedServer } from "../../stack/vendors/cloud.ts";
import { GENERATION_LABEL } from "../../stack/vendors/names.ts";
import { refusal } from "../errors.ts";

/**
 * Compares.
 *
 * @param hashOf Boot hash of a planned server.
 * @returns One line for each thing that waits; none when the coming run makes a new server anyway.
 * @throws RunError when the change would lose mail or cannot be made.
 */
export function reviewDeployed(
  planned: PlannedServer,
  deployed: DeployedServer,
  hashOf: (server: PlannedServer) => string,
): string[] {
  refuseMove(planned, deployed);
  const generation = deployed.labels[GENERATION_LABEL];
  if (generation !== undefined && generation !== String(planned.generation)) {
    if (planned.protect) throw mailAtStake(planned, generation);
    return planned.nextHas === "backups" ? [fromBackups(planned)] : [];
  }
  return waiting(planned, deployed, hashOf);
}

function refuseMove(planned: PlannedServer, deployed: DeployedServer): void {
  if (deployed.location === planned.location) return;
  throw refusal(
    `mailstead:server.location is ${planned.location}, but the server and its addresses are in ${deployed.location}, ` +
      "and an address cannot move.",
    [
      `Set mailstead:server.location to ${deployed.location}.`,
      "To move, stand up a second stack at the other location and move the mail; its addresses will be new.",
    ],
  );
}

function mailAtStake(planned: PlannedServer, deployedGeneration: string): Error {
  return refusal(
    `mailstead:generation is ${String(planned.generation)} and the running server is generation ${deployedGeneration}, ` +
      "so it would be deleted, and the only copy of the mail is on it.",
    [
      `Set mailstead:generation back to ${deployedGeneration} to keep the server.`,
      "Set mailstead:server.disposable to true if what is on it may be lost.",
    ],
  );
}

function fromBackups({ generation }: PlannedServer): string {
  return (
    `Generation ${String(generation)} begins with the backups: the server that runs is stopped, makes one more, and is deleted. ` +
    "Where it does not answer, the new one begins with the newest that there is, and what came after that is lost."
  );
}

const NEXT_BEGINS = {
  volume: "which takes over the data volume",
  backups: "which begins with a backup that this one makes before it is deleted",
  nothing: "which begins empty",
} as const;

function waiting(
  planned: PlannedServer,
  deployed: DeployedServer,
  hashOf: (server: PlannedServer) => string,
): string[] {
  return bornChanges(planned, deployed, hashOf).map(
    (change) =>
      `Waits for the next generation: ${change}. ` +
      (planned.protect
        ? "This server keeps what it was made from, since the only copy of the mail is on it."
        : `To apply it, raise mailstead:generation by one: a new server, ${NEXT_BEGINS[planned.nextHas]}.`),
  );
}
