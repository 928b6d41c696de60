// "Did you mean": the valid word nearest to what was written.
import leven from 'leven';

/** Shorter beginnings say too little. */
const SHORTEST_BEGINNING = 5;

/** The only candidate that begins so, else the one within a third of the word's length (at least 2 edits), or undefined. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  const begun = candidates.filter(candidate => candidate.toLowerCase().startsWith(word.toLowerCase()));
  if (word.length >= SHORTEST_BEGINNING && begun.length === 1) return begun[0];
  const limit = Math.max(2, Math.floor(word.length / 3));
  const ranked = candidates
    .map(candidate => ({ candidate, distance: leven(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return ranked[0]?.candidate;
}
