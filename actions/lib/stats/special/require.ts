// What the functions of this folder refuse: numbers for which no answer exists.

/** @throws RangeError unless 0 <= p <= 1 */
export function requireProbability(p: number, name = 'A probability'): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${name} lies between 0 and 1, not ${p}`);
}

/** @throws RangeError unless 0 < share < 1: confidence levels, error rates, power, traffic shares */
export function requireShare(share: number, name: string): void {
  if (!(share > 0 && share < 1)) throw new RangeError(`${name} lies strictly between 0 and 1, not ${share}`);
}

/** @throws RangeError unless the number is finite and > 0 */
export function requirePositive(value: number, name: string): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${name} is a finite number > 0, not ${value}`);
  }
}

/** @throws RangeError unless every number is whole and >= 0 */
export function requireCounts(counts: readonly number[], name = 'A count'): void {
  const wrong = counts.find(count => !(Number.isSafeInteger(count) && count >= 0));
  if (wrong !== undefined) throw new RangeError(`${name} is a whole number >= 0, not ${wrong}`);
}

/** @throws RangeError unless every number is finite */
export function requireFinite(values: ArrayLike<number>, name = 'A value'): void {
  for (let row = 0; row < values.length; row++) {
    if (!Number.isFinite(values[row])) throw new RangeError(`${name} is a finite number, not ${values[row]}`);
  }
}
