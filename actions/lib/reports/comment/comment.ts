// The comment of a pull request, one per model, and the same content for the page of a job and as a page of its own. What
// does not fit is left out in steps, from what is folded to all but the verdict; the front is never cut.
import type { Block } from '#lib/reports/blocks.ts';
import { type Bounds, boundBlocks } from '#lib/reports/comment/bound.ts';
import { verdictNotice } from '#lib/reports/comment/head.ts';
import { writeHistory } from '#lib/reports/comment/history.ts';
import type { CommentInput } from '#lib/reports/comment/input.ts';
import { historyOf, pointer, shortComment, wholeComment } from '#lib/reports/comment/sections.ts';
import { renderHtml } from '#lib/reports/html.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

/** GitHub refuses a longer body. It counts characters; bytes are never fewer, and other forges count those. */
export const MAX_COMMENT = 65_536;
/** GitHub drops a longer job summary. */
export const MAX_SUMMARY = 1_048_576;

/** Names the comment of a model among all others; two hyphens would end an HTML comment. */
export function markerOf(model: string): string {
  return `mainline:proposal:${model.replaceAll('--', '-.')}`;
}

/** Markdown of at most MAX_COMMENT bytes. Its first line is the marker, its last one the history. */
export function renderComment(input: CommentInput): string {
  const marker = `<!-- ${markerOf(input.proposal.model.metadata.name)} -->\n`;
  const history = `\n${writeHistory(historyOf(input))}\n`;
  const room = MAX_COMMENT - Buffer.byteLength(marker + history);
  return `${marker}${renderWithin(input, room)}${history}`;
}

/** Markdown for the page of a job; `maxBytes` is less where several models share a page. */
export function renderSummary(input: CommentInput, maxBytes = MAX_SUMMARY): string {
  const whole = renderMarkdown(boundBlocks(wholeComment(input), page));
  return Buffer.byteLength(whole) <= maxBytes ? whole : renderWithin(input, maxBytes);
}

/** The same content as a page of its own. */
export function renderPage(input: CommentInput): string {
  const title = `Proposal: ${input.proposal.model.metadata.name}`;
  const heading: Block = { kind: 'heading', level: 1, text: title };
  return renderHtml([heading, ...boundBlocks(wholeComment(input), page)], { title, language: 'en' });
}

const page: Bounds = { text: 4000, rows: 1000, blocks: 200, folds: true };
const wide: Bounds = { text: 400, rows: 40, blocks: 60, folds: true };
const unfolded: Bounds = { ...wide, folds: false };
const short: Bounds = { text: 300, rows: 10, blocks: 12, folds: false };
const least: Bounds = { text: 300, rows: 1, blocks: 2, folds: false };

/** Markdown of the longest form that has at most so many bytes; the verdict alone takes a few thousand at most. */
export function renderWithin(input: CommentInput, maxBytes: number): string {
  const forms = [
    () => boundBlocks(wholeComment(input), wide),
    () => [...boundBlocks(wholeComment(input), unfolded), ...pointer(input)],
    () => [...boundBlocks(shortComment(input), short), ...pointer(input)],
  ];
  for (const form of forms) {
    const text = renderMarkdown(form());
    if (Buffer.byteLength(text) <= maxBytes) return text;
  }
  return renderMarkdown([...boundBlocks([verdictNotice(input)], least), ...pointer(input)]);
}
