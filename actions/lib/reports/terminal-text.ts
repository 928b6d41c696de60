// Spans as lines of a terminal: wrapped at spaces by display width, then painted. Wrapping comes first, so that a
// line is never measured with escape codes in it.
import { styleText } from 'node:util';
import { displayWidth, takeWidth } from '#lib/reports/display-width.ts';
import type { Inline, Span, Tone } from '#lib/reports/inline.ts';
import { joinedSpans } from '#lib/reports/inline.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** What the terminal at hand can show; the caller asks the environment, this code never does. */
export interface Terminal {
  /** Columns; 40 at least. */
  readonly width: number;
  /** True for escape codes. */
  readonly color: boolean;
  /** False for plain ASCII drawings and signs. The report's own text stays as it is. */
  readonly unicode: boolean;
}

/** The spans of one line. */
export type StyledLine = readonly Span[];

const signs: Readonly<Record<Tone, readonly [unicode: string, ascii: string]>> = {
  pass: ['✓', 'ok'],
  fail: ['✗', 'x'],
  warning: ['!', '!'],
};

const colors = { pass: 'green', fail: 'red', warning: 'yellow' } as const;

/** The sign of a tone and a space. */
export function toneSign(tone: Tone, { unicode }: Terminal): string {
  return `${signs[tone][unicode ? 0 : 1]} `;
}

/** Text with hidden characters spelled out and a sign before every tone. */
export function terminalSpans(inline: Inline, terminal: Terminal): StyledLine {
  return joinedSpans(inline).map(span => {
    const sign = span.tone ? toneSign(span.tone, terminal) : '';
    return { ...span, text: sign + visibleLine(span.text) };
  });
}

/** Columns of a line. */
export function lineWidth(line: StyledLine): number {
  return line.reduce((width, span) => width + displayWidth(span.text), 0);
}

/** Spans as lines no wider than so many columns, broken at spaces, or inside a word that fits no line. */
export function wrap(spans: StyledLine, columns: number): readonly StyledLine[] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const word of wordsOf(spans)) {
    const width = lineWidth(word);
    if (used > 0 && used + 1 + width <= columns) {
      lines.at(-1)?.push({ text: ' ' }, ...word);
      used += 1 + width;
      continue;
    }
    const pieces = breakWord(word, columns);
    if (used > 0) lines.push([]);
    pieces.forEach((piece, i) => {
      if (i > 0) lines.push([]);
      lines.at(-1)?.push(...piece);
    });
    used = lineWidth(pieces.at(-1) ?? []);
  }
  return lines.map(line => joinedSpans(line));
}

/** Words with their looks; one word may have several looks, as in `(2.06)` with a strong number. */
function wordsOf(spans: StyledLine): readonly StyledLine[] {
  const words: Span[][] = [[]];
  for (const span of spans) {
    span.text.split(/ +/u).forEach((text, i) => {
      if (i > 0) words.push([]);
      if (text !== '') words.at(-1)?.push({ ...span, text });
    });
  }
  return words.filter(word => word.length > 0);
}

function breakWord(word: StyledLine, columns: number): readonly StyledLine[] {
  const pieces: Span[][] = [[]];
  let used = 0;
  for (const span of word) {
    let rest = span.text;
    while (rest !== '') {
      const isFull = used >= columns || displayWidth(takeWidth(rest, columns - used)) > columns - used;
      if (isFull && used > 0) {
        pieces.push([]);
        used = 0;
      }
      const text = takeWidth(rest, columns - used);
      pieces.at(-1)?.push({ ...span, text });
      used += displayWidth(text);
      rest = rest.slice(text.length);
    }
  }
  return pieces;
}

/** The line as text; escape codes only when the terminal has color. */
export function paint(line: StyledLine, { color }: Terminal): string {
  return line.map(span => (color ? paintSpan(span) : span.text)).join('');
}

function paintSpan({ text, strong, code, muted, tone }: Span): string {
  const styles = [
    ...(strong ? (['bold'] as const) : []),
    ...(tone ? [colors[tone]] : code ? (['cyan'] as const) : []),
    ...(muted ? (['dim'] as const) : []),
  ];
  return styles.length === 0 ? text : styleText(styles, text, { validateStream: false });
}
