/** What the plan says of the server's names. */
export interface ServerNames {
  /** Addresses of the server; a family it does not have is absent. */
  readonly addresses: { readonly ipv4?: string; readonly ipv6?: string };
  /** Name that the reverse names bear: the MX's. */
  readonly ptr: string;
  /** Names that it greets with: the mail host, and the queue. */
  readonly helo: readonly string[];
  /** Alias of the return path with its target; absent when it is not planned. */
  readonly bounces?: { readonly name: string; readonly target: string };
}
