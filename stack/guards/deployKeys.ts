/** A change of the deploy's own SSH key that takes two steps at once: the host would not know who knocks. */
import type { Guard } from "./guard.ts";

/** Before the keys had numbers, there was the first alone. */
const OF_EARLIER_VERSIONS: readonly number[] = [1];

function list(numbers: readonly number[]): string {
  return `[${numbers.join(", ")}]`;
}

export const changesDeployKeyByStep: Guard = ({ plan }, { domain, deployKeys = OF_EARLIER_VERSIONS }) => {
  const wanted = plan.server.deployKeys.map(({ number }) => number);
  const [use = 1] = wanted;
  const [used = 1] = deployKeys;
  // An older key than any that is there was there once: the way back, which the run itself proves.
  const isNew = use > Math.max(...deployKeys);
  if (domain === undefined || (!isNew && wanted.includes(used))) return [];
  const next = isNew ? [used, use] : [use, used];
  const message = isNew
    ? `the host does not know the deploy key ${use} yet, so nothing could be deployed with it`
    : `the deploy key ${used} is in use, and goes only after another one was used`;
  const fix = `set ${list(next)} and run \`pulumi up\`; the steps are in docs/guides/ssh-keys.md`;
  return [{ path: "mailstead:server.deployKeys", rule: "deploy-key-step", severity: "error", message, fix }];
};
