// How many columns a text takes in a terminal. A simple rule with fixed ranges: East Asian wide characters and
// emoji take two columns, combining marks none, everything else one. Terminals differ on rare characters.

const wideRanges: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115e],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26a1],
  [0x26bd, 0x26be],
  [0x26d4, 0x26d4],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x274c],
  [0x2753, 0x2757],
  [0x2795, 0x2797],
  [0x2b1b, 0x2b1c],
  [0x2b50, 0x2b50],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x1f004, 0x1f004],
  [0x1f18e, 0x1f19a],
  [0x1f200, 0x1f320],
  [0x1f32d, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7f0],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

const combiningRanges: readonly (readonly [first: number, last: number])[] = [
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x591, 0x5bd],
  [0x610, 0x61a],
  [0x64b, 0x65f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe0f, 0xfe0f],
  [0xfe20, 0xfe2f],
];

function isWithin(code: number, ranges: typeof wideRanges): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last);
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (isWithin(code, combiningRanges)) return 0;
  return isWithin(code, wideRanges) ? 2 : 1;
}

/** Columns of a text without control characters (`visibleLine` removes them). */
export function displayWidth(text: string): number {
  return Array.from(text).reduce((width, character) => width + characterWidth(character), 0);
}

/** The longest start of a text that fits in so many columns; at least one character of a text that has any. */
export function takeWidth(text: string, columns: number): string {
  let taken = '';
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns && taken !== '') break;
    taken += character;
  }
  return taken;
}

/** The text, or its start and `ellipsis` when it is wider than so many columns. */
export function shorten(text: string, columns: number, ellipsis = '…'): string {
  if (displayWidth(text) <= columns) return text;
  return `${takeWidth(text, columns - displayWidth(ellipsis)).trimEnd()}${ellipsis}`;
}

/** The text with spaces up to so many columns, before it when `align` is right, on both sides when center. */
export function padToWidth(
  text: string,
  columns: number,
  align: 'left' | 'right' | 'center' = 'left',
): string {
  const missing = Math.max(0, columns - displayWidth(text));
  if (align === 'right') return ' '.repeat(missing) + text;
  const before = align === 'center' ? Math.floor(missing / 2) : 0;
  return ' '.repeat(before) + text + ' '.repeat(missing - before);
}
