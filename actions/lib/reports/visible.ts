// Characters that a reader cannot see, or that change what the rest looks like, are spelled out as ‹U+202E›.
// The ranges are fixed numbers, not \p{...} classes, because those grow with Node's Unicode version.

/** First and last code point of each range that never reaches a reader as it is. */
const hiddenRanges: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f], // control characters, escape among them
  [0x7f, 0x9f], // delete and the second set of control characters
  [0xad, 0xad], // soft hyphen
  [0x34f, 0x34f], // grapheme joiner
  [0x61c, 0x61c], // Arabic letter mark
  [0x115f, 0x1160], // Hangul fillers
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f], // zero width and direction marks
  [0x2028, 0x202e], // line and paragraph separators, direction embeddings and overrides
  [0x2060, 0x206f], // joiners, invisible operators, direction isolates
  [0x2800, 0x2800], // a blank braille pattern
  [0x3164, 0x3164],
  [0xd800, 0xdfff], // halves of a surrogate pair
  [0xfe00, 0xfe0e], // variation selectors; the emoji one, U+FE0F, stays
  [0xfeff, 0xfeff], // byte order mark
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff], // tags and further variation selectors: text within text
];

const lineBreaks = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu;

/** Every code point, with the hidden ones spelled out. Line breaks and tabs count as hidden here. */
function spellOut(text: string): string {
  return Array.from(text, character => {
    const code = character.codePointAt(0) ?? 0;
    if (!hiddenRanges.some(([first, last]) => code >= first && code <= last)) return character;
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  }).join('');
}

/** Text as one line: line breaks and tabs become a space, hidden characters are spelled out. */
export function visibleLine(text: string): string {
  return spellOut(text.replace(lineBreaks, ' ').replaceAll('\t', ' '));
}

/** Text as its lines, without line ends; a tab becomes two spaces and a final line end opens no line. */
export function visibleLines(text: string): readonly string[] {
  const lines = text.replace(lineBreaks, '\n').split('\n');
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map(line => spellOut(line.replaceAll('\t', '  ')));
}
