// The comment of a pull request, one per model, in the order in which a reviewer decides: the verdict, what the proposal
// changes of its own judging, what it claims and nobody found, what changed, metrics, gates; all else is folded. What does
// not fit is left out from the end, never from the front.
import { formatNumber } from '#lib/evaluation/format.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { addToHistory, type HistoryEntry, writeHistory } from '#lib/reports/comment/history.ts';
import { asFound, type CommentInput, originOf } from '#lib/reports/comment/input.ts';
import { renderHtml } from '#lib/reports/html.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { algorithmsSection } from '#lib/reports/proposal/algorithms.ts';
import { dataSection } from '#lib/reports/proposal/data.ts';
import { gatesSection } from '#lib/reports/proposal/gates.ts';
import { changesSection, reasonsSection, verdictLine } from '#lib/reports/proposal/headline.ts';
import { meanings, metricsSection } from '#lib/reports/proposal/metrics.ts';
import { nextSteps } from '#lib/reports/proposal/next-steps.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** GitHub refuses a body with more than 65,536 characters; some are left for the marker that the forge adds. */
export const MAX_COMMENT = 65_300;

/** Names the comment of a model among all others. */
export function markerOf(model: string): string {
  return `mainline:proposal:${model}`;
}

/** Markdown of at most MAX_COMMENT UTF-16 units, without its marker; the last line carries the history. */
export function renderComment(input: CommentInput, limit = MAX_COMMENT): string {
  const proposal = asFound(input);
  const history = addToHistory(input.history, {
    proposal,
    head: input.head,
    primary: visibleLine(primaryText(proposal)).slice(0, 80),
  });
  const tail = `\n${writeHistory(history)}\n`;
  for (const blocks of [...stages(input, proposal, history)]) {
    const text = `${renderMarkdown(blocks)}${tail}`;
    if (text.length <= limit) return text;
  }
  return `${renderMarkdown(shortest(input, proposal))}${tail}`;
}

/** The whole of it, for the page of the job; cut by whoever writes it there. */
export function renderSummary(input: CommentInput): string {
  return renderMarkdown(wholeComment(input, asFound(input), input.history));
}

/** The same content as a page of its own. */
export function renderPage(input: CommentInput): string {
  const title = `Proposal: ${input.proposal.model.metadata.name}`;
  return renderHtml(wholeComment(input, asFound(input), input.history), { title, language: 'en' });
}

/** From whole to short; each is tried when the one before was too long. */
function* stages(
  input: CommentInput,
  proposal: Proposal,
  history: readonly HistoryEntry[],
): Generator<readonly Block[]> {
  yield wholeComment(input, proposal, history);
  const cut = more(input);
  yield [...head(input, proposal), ...metricsSection(proposal), ...gatesSection(proposal), ...cut];
  yield [...head(input, proposal), ...gatesSection(proposal), ...cut];
  yield [...head(input, proposal), ...cut];
}

function wholeComment(
  input: CommentInput,
  proposal: Proposal,
  history: readonly HistoryEntry[],
): readonly Block[] {
  return [
    ...head(input, proposal),
    ...metricsSection(proposal),
    ...gatesSection(proposal),
    ...fold('Algorithms, and what the selected one looks at', algorithmsSection(proposal)),
    ...dataSection(proposal),
    ...meanings(proposal),
    ...nextSteps(proposal),
    ...earlier(history, input.head),
    ...origin(input),
  ];
}

/** The lines that nothing pushes out: verdict, judging, claims, reasons, changes. */
function head(input: CommentInput, proposal: Proposal): readonly Block[] {
  const { name } = proposal.model.metadata;
  const { slo_compliant: stands } = proposal.verdict;
  const word = stands ? 'stands' : 'does not stand';
  return [
    {
      kind: 'notice',
      notice: stands ? 'pass' : 'fail',
      text: [
        { text: `${name} ${word}`, strong: true },
        { text: ` (${originOf(input)}): ` },
        ...verdictLine(proposal),
      ],
    },
    ...ownJudging(input),
    ...notFound(input),
    ...reasonsSection(proposal),
    ...changesSection(proposal),
  ];
}

function ownJudging({ verification }: CommentInput): readonly Block[] {
  const changed = verification?.ownJudging ?? [];
  if (changed.length === 0) return [];
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: [
        { text: 'This proposal changes what it is judged by', strong: true },
        { text: `; it was judged by what main has: ${changed.join('; ')}.` },
      ],
    },
  ];
}

function notFound({ verification }: CommentInput): readonly Block[] {
  if (!verification) return [];
  if (verification.state === 'claimed') {
    const text = `Every number below is the proposal's own claim: ${verification.why}.`;
    return [{ kind: 'notice', notice: 'warning', text }];
  }
  if (verification.differences.length === 0) return [];
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: [{ text: 'The proposal claims what was not found', strong: true }, { text: ':' }],
    },
    {
      kind: 'table',
      columns: [{ header: '' }, { header: 'Claimed', align: 'right' }, { header: 'Found', align: 'right' }],
      rows: verification.differences.slice(0, 30).map(({ what, claimed, found }) => ({
        cells: [what, claimed, [{ text: found, strong: true }]],
      })),
    },
  ];
}

function fold(summary: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'details', summary, blocks }];
}

function earlier(history: readonly HistoryEntry[], now: string): readonly Block[] {
  const before = history.filter(({ head: commit }) => commit !== now);
  if (before.length === 0) return [];
  const say = (stands: boolean | null): string =>
    stands === null ? 'was not trained' : stands ? 'stood' : 'did not stand';
  const items = before.map(({ head: commit, stands, primary }) => [
    { text: commit.slice(0, 7), code: true },
    { text: ` ${say(stands)}${primary === '' ? '' : `, ${primary}`}` },
  ]);
  return [
    { kind: 'details', summary: 'Earlier commits of this pull request', blocks: [{ kind: 'list', items }] },
  ];
}

function origin(input: CommentInput): readonly Block[] {
  const { verification, head: commit } = input;
  const from = originOf(input);
  const by = from === 're-derived' ? ` by main at ${verification?.base.slice(0, 7)}` : '';
  const claims = from === 're-derived' ? ' The table of algorithms and the contract results are claims.' : '';
  const text = `Metrics and gates of ${commit.slice(0, 7)} were ${from}${by}.${claims}`;
  return [{ kind: 'paragraph', text: [{ text, muted: true }] }];
}

function more({ links }: CommentInput): readonly Block[] {
  const where = links.run === undefined ? 'the artifact of the run' : `the summary of the run: ${links.run}`;
  return [{ kind: 'paragraph', text: `The rest is too long for a comment; it is in ${where}` }];
}

function shortest(input: CommentInput, proposal: Proposal): readonly Block[] {
  const stands = proposal.verdict.slo_compliant;
  const name = visibleLine(proposal.model.metadata.name).slice(0, 100);
  const text = `${name} ${stands ? 'stands' : 'does not stand'}`;
  return [{ kind: 'notice', notice: stands ? 'pass' : 'fail', text }, ...more(input)];
}

function primaryText({ evidence, model }: Proposal): string {
  const { primary } = model.spec.evaluation;
  const found = evidence?.evaluation.metrics.find(({ metric }) => metric === primary);
  return found ? `${primary} ${formatNumber(found.value, found.unit)}` : '';
}
