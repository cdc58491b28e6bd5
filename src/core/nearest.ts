/** What was meant by a slip of the keyboard. */

/** The candidate meant by a slip: only its last part was given, or two to four characters of it are wrong. */
export function nearestOf(said: string, candidates: readonly string[]): string | null {
  const byLastPart = candidates.find((candidate) => /[^./]+$/.exec(candidate.toLowerCase())?.[0] === said);
  if (byLastPart !== undefined) return byLastPart;
  let nearest: string | null = null;
  let least = Math.min(4, Math.max(2, Math.floor(said.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(said, candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** Levenshtein: how many characters to put in, take out or replace. */
function editDistance(left: string, right: string): number {
  if (left.length > 60) return left.length;
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
