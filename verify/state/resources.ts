/** Resources of the engine's state. */

/** A resource as the state knows it. */
export interface KnownResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
}

/** Logical name at the end of a URN. */
export function nameOfUrn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
