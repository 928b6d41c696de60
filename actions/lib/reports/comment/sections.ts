// The comment as blocks, in the order in which a reviewer decides: verdict and doubts, what to do, what changed, numbers,
// gates, cost; all else is folded. The parts are those of every other report. Its curves are drawn with characters: GitHub
// draws Mermaid, but without intervals, and a mail would show its source.
import { cardFacts } from '#lib/cards/facts.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Figure } from '#lib/reports/blocks.ts';
import { commentHead } from '#lib/reports/comment/head.ts';
import { addToHistory, type HistoryEntry } from '#lib/reports/comment/history.ts';
import {
  asFound,
  type CommentInput,
  linkOf,
  type Origin,
  originOf,
  standingOf,
} from '#lib/reports/comment/input.ts';
import { contractChangeBlocks } from '#lib/reports/contracts/validation-blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';
import { algorithmsSection } from '#lib/reports/proposal/algorithms.ts';
import { changesSection } from '#lib/reports/proposal/changes.ts';
import { costSentence } from '#lib/reports/proposal/cost.ts';
import { leakageBlocks, linkedContract, stageBlocks } from '#lib/reports/proposal/data.ts';
import { gatesSection } from '#lib/reports/proposal/gates.ts';
import { primaryText } from '#lib/reports/proposal/headline.ts';
import { meanings, metricsSection } from '#lib/reports/proposal/metrics.ts';
import { nextSentence } from '#lib/reports/proposal/next-steps.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** Everything. */
export function wholeComment(input: CommentInput): readonly Block[] {
  const proposal = asFound(input);
  const [found, own] = [originOf(input), ownOrigin(input)];
  const numbers = marked(lowered(metricsSection(proposal)), found);
  const contracts = marked(
    input.proposal.contracts.map(result =>
      linkedContract(result, { link: linkOf(input), ticked: input.ticked }),
    ),
    own,
  );
  return [
    ...commentHead(input),
    ...nextStep(input),
    ...marked(lowered(changesSection(proposal, linkOf(input))), own),
    ...contracts.filter(block => !isFolded(block)),
    ...marked(contractChangeBlocks(input.proposal.contractChanges), own),
    // What is weak stands in the head already.
    ...numbers.filter(block => !isFolded(block) && block.kind !== 'notice' && block.kind !== 'figure'),
    ...marked(lowered(gatesSection(withClaims(proposal, input))), found),
    ...cost(input),
    ...marked(numbers.filter(isFigure).map(foldFigure), found),
    ...numbers.filter(isFolded),
    ...algorithms(input),
    ...contracts.filter(isFolded),
    ...marked(leakageBlocks(proposal), found),
    ...marked(stageBlocks(proposal), own),
    ...card(input),
    ...meanings(proposal),
    ...earlier(input),
    ...provenance(input),
  ];
}

/** What fits where little does: verdict, doubts, what blocks, what to do. */
export function shortComment(input: CommentInput): readonly Block[] {
  return [...commentHead(input), ...nextStep(input)];
}

/** Where the rest is. */
export function pointer({ links }: CommentInput): readonly Block[] {
  const { run, artifact } = links;
  const places: Inline = [
    ...(run === undefined ? [] : [{ text: 'the summary of the run', href: run }]),
    ...(run === undefined || artifact === undefined ? [] : [{ text: ' and in ' }]),
    ...(artifact === undefined ? [] : [{ text: 'its artifact', href: artifact }]),
  ];
  const where: Inline = places.length > 0 ? places : [{ text: 'the summary of the run' }];
  return [paragraph([{ text: 'The rest is too long for this place: it is in ' }, ...where, { text: '.' }])];
}

/** The earlier entries and this one. */
export function historyOf(input: CommentInput): readonly HistoryEntry[] {
  const primary = visibleLine(primaryText(asFound(input))).slice(0, 80);
  return addToHistory(input.history, { head: input.head, standing: standingOf(input), primary });
}

function nextStep(input: CommentInput): readonly Block[] {
  return [paragraph(nextSentence(asFound(input), standingOf(input) !== 'cannot be judged'))];
}

function paragraph(text: Inline): Block {
  return { kind: 'paragraph', text };
}

function isFigure(block: Block): block is Figure {
  return block.kind === 'figure';
}

function foldFigure(figure: Figure): Block {
  return { kind: 'details', summary: 'Predictions beside what happened', blocks: [figure] };
}

function isFolded(block: Block): boolean {
  return block.kind === 'details' && !block.open;
}

/** Where those numbers come from that nobody derives again. */
function ownOrigin(input: CommentInput): Origin {
  return input.verification ? 'claimed' : originOf(input);
}

/** The contract's gate is judged by the checks that the proposal's own run says it made. */
function withClaims(proposal: Proposal, input: CommentInput): Proposal {
  if (originOf(input) !== 're-derived') return proposal;
  const gates = proposal.verdict.gates.map(gate =>
    gate.id === 'contract' ? { ...gate, reason: `${gate.reason} (claimed)` } : gate,
  );
  return { ...proposal, verdict: { ...proposal.verdict, gates } };
}

function cost(input: CommentInput): readonly Block[] {
  const sentence = costSentence(asFound(input));
  if (sentence === undefined) return [];
  return [paragraph([{ text: 'Cost', strong: true }, { text: ` (${ownOrigin(input)}): ${sentence}` }])];
}

function algorithms(input: CommentInput): readonly Block[] {
  const [, ...blocks] = algorithmsSection(asFound(input));
  return marked(fold('Algorithms, and what the selected one looks at', blocks), ownOrigin(input));
}

function fold(summary: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'details', summary, blocks }];
}

/** A comment's titles are smaller than a page's. */
function lowered(blocks: readonly Block[]): readonly Block[] {
  return blocks.map(block => (block.kind === 'heading' ? { ...block, level: 3 } : block));
}

/** Titles that say where the numbers below them come from. */
function marked(blocks: readonly Block[], origin: Origin): readonly Block[] {
  if (origin === 'found on this machine') return blocks;
  const mark = { text: ` · ${origin}`, muted: true };
  const add = (text: Inline): Inline => [...(typeof text === 'string' ? [{ text }] : text), mark];
  return blocks.map(block => {
    if (block.kind === 'heading') return { ...block, text: add(block.text) };
    return block.kind === 'details' ? { ...block, summary: add(block.summary) } : block;
  });
}

/** The facts that the card will hold. */
function card(input: CommentInput): readonly Block[] {
  const facts = lowered(cardFacts(asFound(input)));
  if (facts.length === 0) return [];
  const path = `model-cards/${input.proposal.model.metadata.name}.md`;
  const summary = [{ text: 'Model card: ' }, { text: path, code: true, href: linkOf(input)(path) }];
  return [{ kind: 'details', summary, blocks: facts }];
}

function earlier(input: CommentInput): readonly Block[] {
  const entries = historyOf(input);
  if (entries.length < 2) return [];
  const rows = entries.toReversed().map(({ head, standing, primary }) => ({
    cells: [[{ text: head.slice(0, 7), code: true }], standing, primary || '-'],
    emphasis: head === input.head,
  }));
  const columns = [{ header: 'Commit' }, { header: 'Verdict' }, { header: 'Primary metric' }];
  return fold(`The last ${entries.length} commits of this pull request`, [{ kind: 'table', columns, rows }]);
}

function provenance(input: CommentInput): readonly Block[] {
  const { verification, head, links } = input;
  const isFound = originOf(input) === 're-derived';
  const by = verification ? ` by main at ${verification.base.slice(0, 7)}` : '';
  const derived = isFound
    ? `Re-derived${by} from the model file alone: metrics, comparison, gates, leakage. Claimed by the proposal's own run: what changed, contract results, algorithms, cost.`
    : '';
  const text = `Commit ${head.slice(0, 7)}. ${derived}`.trim();
  const run = links.run === undefined ? [] : [{ text: ' ' }, { text: 'The whole run', href: links.run }];
  return [paragraph([{ text, muted: true }, ...run])];
}
