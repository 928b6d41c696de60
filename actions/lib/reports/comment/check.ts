// The check run of a model: the verdict in one line, the comment's content below it, and remarks at the lines that caused
// it.
import { type Annotation, annotationsOf, type LineOf } from '#lib/reports/comment/annotations.ts';
import { cutText } from '#lib/reports/comment/bound.ts';
import { renderWithin } from '#lib/reports/comment/comment.ts';
import { verdictNotice } from '#lib/reports/comment/head.ts';
import { type CommentInput, standingOf } from '#lib/reports/comment/input.ts';
import { spansOf } from '#lib/reports/inline.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** A check as any forge can show it. */
export interface RenderedCheck {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  /** Plain text. */
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

/** GitHub's bound is 255 UTF-16 units, of which a character has at most two. */
const LONGEST_TITLE = 120;
/** GitHub's bound. */
const LONGEST_SUMMARY = 65_535;

/** Before the name of the model: a model may be called as one of our other checks is. */
export const MODEL_CHECK = 'mainline/model/';

/** @param lineOf where gates and parameters stand in the files of the head; without it only contracts are marked. */
export function renderCheck(input: CommentInput, lineOf: LineOf = () => undefined): RenderedCheck {
  const standing = standingOf(input);
  // GitHub lets a neutral check pass where one is required: only a model that main cannot know may have it.
  const isOpen =
    standing === 'cannot be judged' && input.foreign === undefined && (input.verification?.isNew ?? true);
  return {
    name: `${MODEL_CHECK}${input.proposal.model.metadata.name}`,
    conclusion: isOpen
      ? 'neutral'
      : standing === 'stands' && input.foreign === undefined
        ? 'success'
        : 'failure',
    title: titleOf(input),
    summary: renderWithin(input, LONGEST_SUMMARY),
    annotations: annotationsOf(input, lineOf),
  };
}

/** What is strong in the verdict: `parcels stands: rmse 2.250 → 2.050 min`. */
function titleOf(input: CommentInput): string {
  const strong = spansOf(verdictNotice(input).text).filter(span => span.strong);
  return cutText(visibleLine(strong.map(({ text }) => text).join(': ')), LONGEST_TITLE);
}
