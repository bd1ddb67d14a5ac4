/**
 * The deploy's own SSH keys.
 *
 * It connects with the first of the list, and the host lets all of them in. A change takes three steps, each of which can
 * fail, be repeated and be taken back without locking the deploy out: the next key is let in by a connection with the old
 * one (`[1, 2]`), then it is used while the old one still works (`[2, 1]`), and then the old one goes (`[2]`).
 */
import type { PlannedDeployKey, PlannedServer } from "../model/plan.ts";

/** The first key has no number: there was no other for long. */
function nameKey(number: number): Pick<PlannedDeployKey, "number" | "role" | "vendorSuffix"> {
  const role = number === 1 ? "deploy-key" : `deploy-key-${number}`;
  return { number, role, vendorSuffix: number === 1 ? "" : `-${role}` };
}

/**
 * Plans the keys.
 *
 * @param numbers one or two, as the configuration is checked.
 * @param protect the identity is protected: of the keys, that is the one in use, so that the other may come and go.
 */
export function planDeployKeys(numbers: readonly number[], protect: boolean): PlannedServer["deployKeys"] {
  const [used = 1, ...others] = numbers;
  return [
    { ...nameKey(used), protect, publicKey: "deployPublicKey" },
    ...others.map((other): PlannedDeployKey => ({
      ...nameKey(other),
      protect: false,
      publicKey: "otherDeployPublicKey",
    })),
  ];
}
