/**
 * A duration as Go prints it: `30s`, `1m0s`, `1h0m5s`.
 *
 * Docker answers in this spelling; any other one shows as a change for ever.
 *
 * @param seconds Whole seconds, zero or more. @throws RangeError for anything else.
 */
export function goDuration(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 0) {
    throw new RangeError(`not a whole number of seconds: ${String(seconds)}`);
  }
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${String(seconds % 60)}s`;
  if (hours > 0) return `${String(hours)}h${String(minutes)}m${rest}`;
  return minutes > 0 ? `${String(minutes)}m${rest}` : rest;
}
