/** What the deploy's onboarding did on a host, as the host keeps it. */

interface Onboarded {
  readonly made: readonly string[];
  readonly found: readonly string[];
  readonly left: readonly { readonly code: string }[];
}

/** @param onHost runs a script on the host and returns what it prints */
export async function readOnboarded(onHost: (script: string) => Promise<string>): Promise<Onboarded> {
  const printed = await onHost("cat /var/lib/mailstead/onboarding.json\n");
  return (JSON.parse(printed) as { result: Onboarded }).result;
}
