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
  /** A page to go to, made by us and never by a proposal; left out by renderers that cannot link. */
  readonly href?: string | undefined;
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

/** A report's text as one span per look: neighbours that look the same are joined, empty ones dropped. */
export function joinedSpans(inline: Inline): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spansOf(inline)) {
    const last = joined.at(-1);
    if (span.text === '') continue;
    if (last && looksAlike(last, span)) joined.splice(-1, 1, { ...last, text: last.text + span.text });
    else joined.push(span);
  }
  return joined;
}

function looksAlike(a: Span, b: Span): boolean {
  const isSame = (key: 'strong' | 'code' | 'muted') => (a[key] ?? false) === (b[key] ?? false);
  return isSame('strong') && isSame('code') && isSame('muted') && a.tone === b.tone && a.href === b.href;
}
