// Text to GitHub flavoured Markdown that shows exactly that text: no markup, link, mention, reference or emoji of
// its own. GitHub looks for mentions and references in the rendered page, where a backslash no longer helps, so an
// empty comment splits them: nothing is added that a reader would copy.
import type { Inline, Span, Tone } from '#lib/reports/inline.ts';
import { joinedSpans } from '#lib/reports/inline.ts';
import { visibleLine } from '#lib/reports/visible.ts';

const split = '<!-- -->';

/** The sign before text of each tone. */
export const toneSigns: Readonly<Record<Tone, string>> = { pass: '✅', fail: '❌', warning: '⚠️' };

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '|': '&#124;',
  '\\': '&#92;',
  '`': '&#96;',
  $: '<span>$</span>',
};

/** All that means something to Markdown, HTML or GitHub; `gh-1`, `www.` and `:name:` only where they would. */
const special =
  /[&<>"|\\`$@#*[\]~!]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/|[\w+-]+:)|(?<=\bgh)-(?=\d)|(?<=www)\./giu;

/** `reader` says who reads the text: Markdown, or HTML in which GitHub still looks for references. */
function escapeText(text: string, reader: 'markdown' | 'html'): string {
  return visibleLine(text).replace(special, character => {
    const entity = entities[character];
    if (entity) return entity;
    const escaped = reader === 'markdown' && /[#*_[\]~!]/u.test(character) ? `\\${character}` : character;
    if (character === '.') return `${split}.`;
    return /[@#:-]/u.test(character) ? `${escaped}${split}` : escaped;
  });
}

/** Code that no reader of Markdown could take for anything else, so that plain backticks do. */
const plainCode = /^[\w.,;:()'=+*@%/-](?:[\w.,;:()'=+*@%/ -]*[\w.,;:()'=+*@%/-])?$/u;

function markdownSpan(span: Span): string {
  const code = span.code && plainCode.test(span.text) ? `\`${span.text}\`` : undefined;
  const text = code ?? escapeText(span.text, 'markdown');
  const inner = span.code && !code ? `<code>${text}</code>` : text;
  if (!span.strong) return inner;
  return /^[A-Za-z0-9].*[A-Za-z0-9]$/u.test(inner) ? `**${inner}**` : `<strong>${inner}</strong>`;
}

function htmlSpan(span: Span): string {
  const text = escapeText(span.text, 'html');
  const inner = span.code ? `<code>${text}</code>` : text;
  return span.strong ? `<strong>${inner}</strong>` : inner;
}

/** One line of Markdown that may stand anywhere but at the start of a block. Muted text looks like any other. */
export function markdownInline(inline: Inline): string {
  return inSequence(inline, markdownSpan).trim();
}

/** One line of Markdown for the start of a paragraph or list item, where `-`, `+`, `=` and `1.` mean something. */
export function markdownLine(inline: Inline): string {
  return markdownInline(inline)
    .replace(/^[-+=]/u, '\\$&')
    .replace(/^(\d+)([.)])/u, '$1\\$2');
}

/** One line of HTML for places where GitHub reads no Markdown, such as a summary. */
export function htmlInline(inline: Inline): string {
  return inSequence(inline, htmlSpan).trim();
}

function inSequence(inline: Inline, show: (span: Span) => string): string {
  const spans = joinedSpans(inline).map(span => ({ ...span, muted: false }));
  return joinedSpans(spans)
    .map(span => (span.tone ? `${toneSigns[span.tone]} ${show(span)}` : show(span)))
    .join('');
}
