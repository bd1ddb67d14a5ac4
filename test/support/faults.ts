/** Faults that the vendors of the sandbox are told to play (sandbox/cloud/serve/faults.ts). */
import { requestInside } from "./requestInside.ts";

const FAULTS = "http://127.0.0.1:8101/_sandbox/faults";
const given: number[] = [];

/** Gives the vendors a fault to play. Other tests ask them at the same time: it has to say whose requests it is for. */
export async function fault(what: object): Promise<void> {
  const answer = await requestInside({ method: "POST", url: FAULTS, body: JSON.stringify(what) });
  given.push((JSON.parse(answer) as { id: number }).id);
}

/** Takes back every fault of this test file that has not been played. */
export async function clearFaults(): Promise<void> {
  for (const id of given.splice(0)) await requestInside({ method: "DELETE", url: `${FAULTS}/${String(id)}` });
}
