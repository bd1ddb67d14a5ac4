/** Options of `mailstead rebuild`. */
export interface Options {
  readonly stack?: string | undefined;
  readonly planned?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly withEdits?: boolean | undefined;
  /** False with `--no-backup`. */
  readonly backup: boolean;
  readonly yes?: true | undefined;
  readonly json?: boolean | undefined;
}
