// Text inside a block: says what a piece of text means and leaves its look to each renderer.

/** What a piece of text reports; renderers add a sign or a word, never colour alone. */
export type Tone = 'pass' | 'fail' | 'warning';

/** A run of text with one look. Its text is never markup: every renderer escapes it. */
export interface Span {
  readonly text: string;
  readonly strong?: boolean | undefined;
  /** A name from a file or a program, shown in a fixed-width font. */
  readonly code?: boolean | undefined;
  /** Less important than its surroundings, such as a unit or an interval. */
  readonly muted?: boolean | undefined;
  readonly tone?: Tone | undefined;
}

/** Plain text, or spans that follow each other without a space between them. */
export type Inline = string | readonly Span[];

/** The spans of a text; a string is one span without a look. */
export function spansOf(inline: Inline): readonly Span[] {
  return typeof inline === 'string' ? [{ text: inline }] : inline;
}

/** The words alone, unescaped. */
export function plainText(inline: Inline): string {
  return spansOf(inline)
    .map(span => span.text)
    .join('');
}
