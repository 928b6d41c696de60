// Whether fields of a CSV file are numbers to an engine that parses them while it reads: then no text has to be made of them.
// The only things that such an engine takes for numbers and that are none here are 1_000 and +-5.

const GROUPS = 0x5f;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;
/** What is written where there is no number. */
const MISSING = new Set(['', 'NA']);

/** Those of some columns (from 0) that hold nothing but numbers in whole lines without quotes. */
export function areNumbers(lines: string, columns: readonly number[], delimiter: string): readonly number[] {
  let left = columns;
  for (const line of lines.split('\n').slice(0, -1)) {
    const fields = line.split(delimiter);
    const isNumber = (field = '') => MISSING.has(field) || NUMBER.test(field);
    if (!left.every(column => isNumber(fields[column])))
      left = left.filter(column => isNumber(fields[column]));
  }
  return left;
}

/** True where a field may be a number to the engine alone: one with digits in groups, such as 1_000, or with two signs. */
export function hasOddNumbers(bytes: Buffer): boolean {
  return hasDigitGroups(bytes) || bytes.includes('+-');
}

function hasDigitGroups(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(GROUPS); at >= 0; at = bytes.indexOf(GROUPS, at + 1)) {
    if (!isDigit(bytes[at - 1]) || !isDigit(bytes[at + 1])) continue;
    let [begin, end] = [at - 1, at + 1];
    while (isOfNumber(bytes[begin])) begin--;
    while (isOfNumber(bytes[end])) end++;
    if (!isLetter(bytes[begin]) && !isLetter(bytes[end])) return true;
  }
  return false;
}

function isDigit(byte = 0): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Digits, points, signs, exponents, and what stands between groups. */
function isOfNumber(byte = 0): boolean {
  return isDigit(byte) || [0x2b, 0x2d, 0x2e, 0x45, 0x5f, 0x65].includes(byte);
}

function isLetter(byte = 0): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}
