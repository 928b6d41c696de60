// Large counts as people read them. What Node has for that loads the rules of all languages first, which takes as long as a
// quick verb.

/** A whole number with its digits in groups of three: `1,200`. */
export function groupDigits(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}
