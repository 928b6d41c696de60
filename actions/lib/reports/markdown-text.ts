// Text to GitHub flavoured Markdown that shows exactly that text: no markup, link, mention, reference or emoji of
// its own. GitHub looks for mentions and references in the rendered page, where a backslash no longer helps, so an
// empty comment splits them: nothing is added that a reader would copy.
import type { Inline, Span, Tone } from '#lib/reports/inline.ts';
import { joinedSpans } from '#lib/reports/inline.ts';
import { visibleLine } from '#lib/reports/visible.ts';
import { webAddress } from '#lib/reports/web-address.ts';

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
const plainCode = /^[\w.,;:()[\]"'=+*@%/-](?:[\w.,;:()[\]"'=+*@%/ -]*[\w.,;:()[\]"'=+*@%/-])?$/u;

/** What stands beside a span in its line; empty at the line's ends. */
interface Neighbours {
  readonly before: string;
  readonly after: string;
}

function markdownSpan(span: Span, neighbours: Neighbours): string {
  const address = webAddress(span.href);
  const inner = markdownCode(span);
  if (address !== undefined) {
    const link = `[${inner}](${address.replaceAll('&', '&amp;')})`;
    return span.strong ? `<strong>${link}</strong>` : link;
  }
  if (!span.strong) return inner;
  return canTakeStars(inner, neighbours) ? `**${inner}**` : `<strong>${inner}</strong>`;
}

function markdownCode(span: Span): string {
  if (span.code && plainCode.test(span.text)) return `\`${span.text}\``;
  const text = escapeText(span.text, 'markdown');
  return span.code ? `<code>${text}</code>` : text;
}

/** Stars beside a letter on their inner side, or beside a space on their outer one, can only be read as emphasis. */
function canTakeStars(inner: string, { before, after }: Neighbours): boolean {
  const isOpen = /^[A-Za-z0-9]/u.test(inner) || (/(?:^|\s)$/u.test(before) && /^\S/u.test(inner));
  const isClosed = /[A-Za-z0-9]$/u.test(inner) || (/^(?:\s|$)/u.test(after) && /\S$/u.test(inner));
  return inner.length > 1 && isOpen && isClosed;
}

function htmlSpan(span: Span): string {
  const address = webAddress(span.href);
  const text = escapeText(span.text, 'html');
  const inner = span.code ? `<code>${text}</code>` : text;
  const look = span.strong ? `<strong>${inner}</strong>` : inner;
  return address === undefined ? look : `<a href="${address.replaceAll('&', '&amp;')}">${look}</a>`;
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

function inSequence(inline: Inline, show: (span: Span, neighbours: Neighbours) => string): string {
  const spans = joinedSpans(joinedSpans(inline).map(span => ({ ...span, muted: false })));
  return spans
    .map((span, i) => {
      const before = span.tone ? '' : besideText(spans[i - 1]);
      const neighbours = { before, after: spans[i + 1]?.tone ? 'x' : besideText(spans[i + 1]) };
      return span.tone ? `${toneSigns[span.tone]} ${show(span, neighbours)}` : show(span, neighbours);
    })
    .join('');
}

/** A neighbour's text as it will stand there; what gets marks of its own begins and ends with no space. */
function besideText(span: Span | undefined): string {
  if (!span) return '';
  return span.code || span.href !== undefined || span.strong ? 'x' : visibleLine(span.text);
}
