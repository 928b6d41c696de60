// What the team expects of the model, test by test, and how its answers hold under noise and malice. What failed stands open
// with rows to look at; what held is folded.
import type { Adversarial } from '#lib/behaviour/adversarial.ts';
import type { Confidence } from '#lib/behaviour/confidence.ts';
import type { BehaviourExample, BehaviourResult } from '#lib/behaviour/result.ts';
import type { Seasons } from '#lib/behaviour/seasons.ts';
import type { Stability } from '#lib/behaviour/stability.ts';
import { count, formatInterval, formatNumber, formatPercent } from '#lib/evaluation/format.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Block, Table } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';

/** Failed behaviour tests open, the others and robustness folded. */
export function behaviourSection({ behaviour, robustness, seasons }: Evidence): readonly Block[] {
  const results = behaviour?.results ?? [];
  const failed = results.filter(({ status }) => status !== 'passed');
  const held = results.filter(({ status }) => status === 'passed');
  return [
    ...failed.flatMap(failedTest),
    ...(seasons && seasons.status !== 'covered' ? [missingSeasons(seasons)] : []),
    ...(held.length > 0 ? [heldTests(held)] : []),
    {
      kind: 'details',
      summary: `Robustness: ${stableSummary(robustness.stability)}`,
      blocks: [
        {
          kind: 'list',
          items: [
            sayStability(robustness.stability),
            ...(robustness.adversarial ? [sayAttack(robustness.adversarial)] : []),
            ...sayConfidence(robustness.confidence),
          ],
        },
      ],
    },
  ];
}

function missingSeasons({ words, status }: Seasons): Block {
  const advice = status === 'not covered' ? ': nobody knows how it answers then' : '';
  const text: Inline = [{ text: 'Seasons', strong: true }, { text: `: ${words}${advice}.` }];
  return { kind: 'notice', notice: 'warning', text };
}

function failedTest({ name, severity, sentence, why, examples }: BehaviourResult): readonly Block[] {
  const tail = [why, severity === 'warn' ? 'It only warns.' : null].filter(part => part !== null);
  const text: Inline = [
    { text: `Behaviour test "${name}" does not hold`, strong: true },
    { text: `: ${[sentence, ...tail].join(' ')}` },
  ];
  return [
    { kind: 'notice', notice: severity === 'block' ? 'fail' : 'warning', text },
    ...(examples.length > 0 ? [exampleTable(examples)] : []),
  ];
}

function exampleTable(examples: readonly BehaviourExample[]): Table {
  const answer = ({ score, answer: word }: BehaviourExample['before']): string =>
    word === null ? formatNumber(score) : `${word} (${formatNumber(score, 'fraction')})`;
  return {
    kind: 'table',
    columns: [{ header: 'Row' }, { header: 'Changed' }, { header: 'Before' }, { header: 'After' }],
    rows: examples.map(({ row, changed, before, after, problem }) => ({
      cells: [
        [{ text: row, code: true }],
        changed || 'nothing',
        answer(before),
        problem === null ? answer(after) : `${answer(after)}: ${problem}`,
      ],
    })),
  };
}

function heldTests(results: readonly BehaviourResult[]): Block {
  const items = results.map(({ name, sentence }) => [
    { text: name, strong: true },
    { text: `: ${sentence}` },
  ]);
  return {
    kind: 'details',
    summary: `${count(results.length, 'behaviour test')} hold`,
    blocks: [{ kind: 'list', items }],
  };
}

function stableSummary({ share, jitter }: Stability): string {
  if (share === null) return 'no number could be moved';
  return `${percent(share)} of the answers stay when numbers move by ${formatPercent(jitter)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}\u00a0%`;
}

function sayStability({ share, ci95, n, columns, reference, unmoved }: Stability): Inline {
  const least = columns.filter(column => (column.share ?? 1) < 1).slice(0, 3);
  const by = least.map(({ column, share: own }) => `${column} ${percent(own ?? 0)}`).join(', ');
  const interval = ci95 ? ` (95\u00a0%: ${formatInterval(ci95, 'fraction')})` : '';
  const still =
    unmoved.length === 0
      ? ''
      : ` ${count(unmoved.length, 'column')} with few whole numbers were left as they are.`;
  const text = `: ${formatNumber(share, 'fraction')}${interval} of ${count(n, 'row')} keep their answer; ${reference} is usual.${by === '' ? '' : ` Least stable: ${by}.`}${still}`;
  return [{ text: 'Prediction stability', strong: true }, { text }];
}

function sayAttack({ metric, before, budgets, flippedBy, n }: Adversarial): Inline {
  const steps = budgets
    .map(
      ({ budget, after, flipped }) => `${formatPercent(budget)}: ${formatNumber(after)}, ${flipped} turned`,
    )
    .join('; ');
  const [most] = flippedBy;
  const by = most ? ` Most often ${most.column} turns them.` : '';
  const text = `: ${metric} of ${formatNumber(before)} on ${count(n, 'row')} becomes this when every number may move to its worst within a share of its range (${steps}).${by} A bound from below: a better attacker finds more.`;
  return [{ text: 'Adversarial', strong: true }, { text }];
}

function sayConfidence({ low, high, within }: Confidence): readonly Inline[] {
  if (!low || low.share === null || within === null) return [];
  const right = (accuracy: number | null | undefined): string =>
    accuracy === null || accuracy === undefined ? '' : `, ${percent(accuracy)} of them right`;
  const others = high && high.n > 0 ? `; of the others${right(high.accuracy).replace(' of them', '')}` : '';
  const text = `: ${percent(low.share)} of the answers lie within ${within} of turning over${right(low.accuracy)}${others}.`;
  return [[{ text: 'Low confidence', strong: true }, { text }]];
}
