/** Finds the word that was probably meant. */

/** Number of inserted, removed, changed or swapped neighbouring letters between two words. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}

/** Edits after which a word is another one: of two letters each counts, of three and four one may be wrong. */
function mostEdits(letters: number): number {
  if (letters <= 2) return 0;
  return letters <= 4 ? 1 : Math.max(2, Math.floor(letters / 3));
}

/**
 * The known word nearest to the one given, upper and lower case alike.
 *
 * @returns undefined when none is near: no letter of two may be wrong, one of three or four, two of more, and of long
 *   words a third.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let found: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const most = mostEdits(Math.min(word.length, candidate.length));
    if (Math.abs(candidate.length - word.length) > most) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= most && distance < least) {
      least = distance;
      found = candidate;
    }
  }
  return found;
}
