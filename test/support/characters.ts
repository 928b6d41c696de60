// Ranges of characters that tests look for: as numbers, because nobody can see most of them in a pattern.

/** Finds any character from one of the ranges of code points, ends included. */
export function anyOf(...ranges: readonly (readonly [first: number, last: number])[]): RegExp {
  const written = (code: number) => `\\u{${code.toString(16)}}`;
  return new RegExp(`[${ranges.map(([first, last]) => `${written(first)}-${written(last)}`).join('')}]`, 'u');
}
