/** Where the token of a vendor is given: where the vendor's plugin looks for it, in its order. */
export interface TokenPlace {
  /** Key of the stack's configuration, a secret. What it says counts before any variable. */
  readonly key: string;
  /** Environment variables, the first one with a value counts. */
  readonly variables: readonly [string, ...string[]];
}

/** A token, and where it was found. */
export interface GivenToken {
  readonly token: string;
  /** `hcloud:token` or `HCLOUD_TOKEN`. */
  readonly place: string;
}

/**
 * Looks in the places, in the order in which the plugins do: the stack's configuration, then the environment.
 *
 * @param configured value of the key in the stack's configuration.
 */
export function findToken(
  { key, variables }: TokenPlace,
  configured: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): GivenToken | undefined {
  const places = [[key, configured] as const, ...variables.map((name) => [name, environment[name]] as const)];
  for (const [place, token] of places) if (token !== undefined && token !== "") return { token, place };
  return undefined;
}
