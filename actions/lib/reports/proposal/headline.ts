// The first lines: does it stand, by how much, what changed. A reader who stops here knows the answer.
import type { Comparison } from '#lib/evaluation/comparison.ts';
import type { MetricValue } from '#lib/evaluation/evaluation.ts';
import { bareUnit, count, formatDifference, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import { isBlocking } from '#lib/gates/verdict.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Span } from '#lib/reports/inline.ts';
import { changeInterval } from '#lib/reports/proposal/change.ts';
import { changesSection, judgingChanges } from '#lib/reports/proposal/changes.ts';
import { overridesNotice } from '#lib/reports/proposal/gates.ts';
import { knownRows } from '#lib/reports/proposal/test-rows.ts';

/** Title, verdict, the primary metric in one sentence, the reasons, what changed. */
export function headline(proposal: Proposal): readonly Block[] {
  const { verdict, model } = proposal;
  const bit: Span = { text: `slo_compliant: ${verdict.slo_compliant}`, code: true };
  return [
    {
      kind: 'heading',
      level: 1,
      text: `${model.metadata.name}: ${verdict.slo_compliant ? 'the proposal stands' : 'the proposal does not stand'}`,
    },
    {
      kind: 'notice',
      notice: verdict.slo_compliant ? 'pass' : 'fail',
      text: [...primaryLine(proposal), { text: ' ' }, bit],
    },
    ...warnings(proposal),
    ...overridesNotice(proposal, ' In a pull request it counts once it is on main.'),
    ...knownRows(proposal),
    ...reasonsSection(proposal),
    ...cautions(proposal),
    ...changesSection(proposal),
  ];
}

/** The metric that decides; undefined when nothing was evaluated. */
export function primaryMetric({ evidence, model }: Proposal): MetricValue | undefined {
  return evidence?.evaluation.metrics.find(({ metric }) => metric === model.spec.evaluation.primary);
}

/** The metric that decides with its value, such as `rmse 2.050 min`; empty when nothing was evaluated. */
export function primaryText(proposal: Proposal): string {
  const primary = primaryMetric(proposal);
  return primary ? valueText(primary, undefined) : '';
}

/** The primary metric old and new, its change, the trivial model: one sentence. */
export function primaryLine(proposal: Proposal): readonly Span[] {
  const { evidence } = proposal;
  const primary = primaryMetric(proposal);
  if (!evidence) return [{ text: nothingTrained(proposal) }];
  if (!primary) return [{ text: `${proposal.model.spec.evaluation.primary} was not measured.` }];
  const comparison = evidence.comparisons.find(({ metric }) => metric === primary.metric);
  const rows = `on ${count(evidence.evaluation.n, 'test row')}`;
  const trivial = `the trivial model reaches ${formatNumber(primary.trivial, primary.unit)}.`;
  return [
    { text: valueText(primary, comparison), strong: true },
    {
      text: ` (${changeText(primary, comparison)}) ${rows}; ${againstChampion(proposal, comparison)}${trivial}`,
    },
  ];
}

function nothingTrained({ contracts, uncovered }: Proposal): string {
  const isBroken = uncovered.length > 0 || contracts.some(({ passed }) => !passed);
  return isBroken ? 'nothing was trained, since the data breaks its contract.' : 'nothing was evaluated.';
}

/** `rmse 2.250 → 2.050 min`, or without a champion `rmse 2.050 min`. */
function valueText({ metric, value, unit }: MetricValue, comparison: Comparison | undefined): string {
  const before = comparison ? `${formatNumber(comparison.reference, bareUnit(unit))} → ` : '';
  return `${metric} ${before}${formatNumber(value, unit)}`;
}

function changeText({ ci95, unit }: MetricValue, comparison: Comparison | undefined): string {
  if (!comparison) return `95\u00a0%: ${formatInterval(ci95, unit)}`;
  return `${formatDifference(comparison.difference, bareUnit(unit))}, 95\u00a0%: ${changeInterval(comparison, unit)}`;
}

function againstChampion({ champion }: Proposal, comparison: Comparison | undefined): string {
  if (champion.state === 'same') return `the same model as ${champion.name}; `;
  if (champion.state === 'unknown') return `can't tell it from the champion: ${champion.why}; `;
  if (!comparison) return '';
  const relation = comparison.verdict === "can't tell" ? "can't tell it from" : `${comparison.verdict} than`;
  return `${relation} the champion of ${champion.name}; `;
}

/** A proposal that changes what it is judged by says so before anything else. */
function warnings(proposal: Proposal): readonly Block[] {
  const own = judgingChanges(proposal);
  if (own.length === 0) return [];
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: `This proposal changes its own gates or evaluation: ${own.join('; ')}.`,
    },
  ];
}

/** What does not block and deserves a look: gates that only warn, and metrics beside the primary that got worse. */
export function cautions(proposal: Proposal): readonly Block[] {
  const { verdict, evidence, model } = proposal;
  const warned = verdict.gates.filter(
    ({ severity, outcome }) => severity === 'warn' && (outcome === 'failed' || outcome === "can't tell"),
  );
  const worse = (evidence?.comparisons ?? []).filter(
    ({ metric, verdict: found }) => found === 'worse' && metric !== model.spec.evaluation.primary,
  );
  const unitOf = (name: string): string =>
    evidence?.evaluation.metrics.find(({ metric }) => metric === name)?.unit ?? '';
  const metrics = worse.map(({ metric, reference, difference }) => {
    const unit = unitOf(metric);
    return `${metric} ${formatNumber(reference, bareUnit(unit))} → ${formatNumber(reference + difference, unit)}`;
  });
  return [
    ...warned
      .slice(0, SHOWN_REASONS)
      .map(({ condition, outcome, reason }) =>
        caution(condition, ` ${outcome}, which only warns: ${reason}.`),
      ),
    ...(metrics.length > 0
      ? [caution('Worse than the champion besides', `: ${metrics.slice(0, SHOWN_REASONS).join('; ')}.`)]
      : []),
  ];
}

function caution(lead: string, text: string): Block {
  return { kind: 'notice', notice: 'warning', text: [{ text: lead, strong: true }, { text }] };
}

const SHOWN_REASONS = 10;

/** What blocks, each with its remedy. */
export function reasonsSection({ verdict }: Proposal): readonly Block[] {
  const blocking = verdict.gates.filter(gate => isBlocking(gate) && gate.remedy !== null);
  if (blocking.length === 0) return [];
  const more = blocking.length - SHOWN_REASONS;
  const items = blocking
    .slice(0, SHOWN_REASONS)
    .map(({ condition, outcome, reason, remedy }) => [
      { text: condition, strong: true },
      { text: ` ${outcome}: ${reason}. ${remedy ?? ''}` },
    ]);
  return [{ kind: 'list', items: more > 0 ? [...items, [{ text: `and ${more} more gates` }]] : items }];
}
