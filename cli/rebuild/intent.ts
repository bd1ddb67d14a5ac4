/** What a planned rebuild is going to do, in words, before it does it. */

export interface Intent {
  readonly server: { readonly name: string; readonly id: string };
  readonly generation: { readonly from: number; readonly to: number };
  /** Id at the vendor; null where the mail is on the server's disk, and goes by the backups. */
  readonly volume: string | null;
  /** A backup is made before. */
  readonly backup: boolean;
  /** It broke off earlier. */
  readonly isGoingOn: boolean;
  /** What the new server gets that the old one had not. */
  readonly born: readonly string[];
  /** What else waits in the configuration, a line each. */
  readonly edits: readonly string[];
  /** There may be edits that cannot be told from what the new generation changes. */
  readonly unseenEdits: boolean;
}

function describeWay(volume: string | null): string[] {
  if (volume === null)
    return [
      "  what takes mail is stopped, then the databases; a last backup, of what came meanwhile, and the server is deleted",
      "  a server is made, restores that backup, and starts everything again; waited for until all is healthy",
      "If the server does not answer, the new one begins with the newest backup, and what came after that is lost.",
    ];
  return [
    "  what takes mail is stopped, then the databases; the volume is taken off, and the server is deleted",
    "  a server is made, mounts the volume, and starts everything again; waited for until all is healthy",
  ];
}

/** As a list of lines. */
export function describeIntent({
  server,
  generation,
  volume,
  backup,
  isGoingOn,
  born,
  edits,
}: Intent): string {
  const what = `generation ${String(generation.to)} of ${server.name} in place of generation ${String(generation.from)} (${server.id})`;
  return [
    isGoingOn ? `It goes on with what broke off: ${what}.` : `It makes ${what}.`,
    "In this order:",
    ...(backup ? ["  a backup"] : []),
    ...describeWay(volume),
    "Replaced: the server, and the containers on it.",
    `Kept: addresses, reverse names, DNS records, keys, passwords, and ${volume === null ? "all mail" : `the volume ${volume} with all mail`}.`,
    "Mail waits at its senders meanwhile; nobody can read or send mail for some minutes.",
    ...(born.length === 0 ? [] : ["The new server is not as the old one:", ...born.map((one) => `  ${one}`)]),
    ...(edits.length === 0 ? [] : ["Edits that wait beside it:", ...edits]),
  ].join("\n");
}
