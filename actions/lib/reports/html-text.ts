// Text to HTML: always escaped, every look a class or an element of the page's own style sheet.
import { escapeXml } from '#lib/reports/charts/svg.ts';
import { displayWidth } from '#lib/reports/display-width.ts';
import type { Inline, Span, Tone } from '#lib/reports/inline.ts';
import { joinedSpans } from '#lib/reports/inline.ts';
import { webAddress } from '#lib/reports/web-address.ts';

/** In columns: a name or a number of at most this width is never broken in two; longer text is, at any word. */
export const LONGEST_UNBROKEN = 24;

const signs: Readonly<Record<Tone | 'info', readonly [sign: string, word: string]>> = {
  pass: ['✓', 'Passed:'],
  fail: ['✗', 'Failed:'],
  warning: ['!', 'Warning:'],
  info: ['i', 'Note:'],
};

/** The sign of a tone; a screen reader says the word instead. */
export function htmlSign(tone: Tone | 'info'): string {
  const [sign, word] = signs[tone];
  return `<span class="sign" role="img" aria-label="${word}">${sign}</span>`;
}

/** Escaped text with its looks. */
export function htmlSpans(inline: Inline): string {
  return joinedSpans(inline).map(htmlSpan).join('');
}

function htmlSpan({ text, strong, code, muted, tone, href }: Span): string {
  const escaped = escapeXml(text);
  const whole = displayWidth(text) <= LONGEST_UNBROKEN ? ' class="whole"' : '';
  const plain = code ? `<code${whole}>${escaped}</code>` : escaped;
  const address = webAddress(href);
  const inner = address === undefined ? plain : `<a href="${escapeXml(address)}">${plain}</a>`;
  const weighted = strong ? `<strong>${inner}</strong>` : inner;
  const quiet = muted ? `<span class="muted">${weighted}</span>` : weighted;
  return tone ? `<span class="${tone}">${htmlSign(tone)}${quiet}</span>` : quiet;
}
