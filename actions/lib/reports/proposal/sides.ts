// Which rows changed side against the champion: in one line, with the rows that moved most folded below.
import { count, formatNumber, formatP, groupDigits } from '#lib/evaluation/format.ts';
import type { Sides } from '#lib/evaluation/sides.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Row } from '#lib/reports/blocks.ts';

/** Empty without a champion that answers these rows otherwise. */
export function sidesFold({ model }: Proposal, { sides }: Evidence): readonly Block[] {
  if (!sides || sides.better.n + sides.worse.n === 0) return [];
  const { task, evaluation } = model.spec;
  const words = task === 'regression' ? ['nearer', 'farther'] : ['right now', 'wrong now'];
  const [better = '', worse = ''] = words;
  const unit = task === 'regression' ? (evaluation.unit ?? '') : 'fraction';
  return [
    {
      kind: 'details',
      summary: `Rows that changed side: ${groupDigits(String(sides.better.n))} ${better}, ${groupDigits(String(sides.worse.n))} ${worse} (${sayChance(sides)})`,
      blocks: [
        ...byTruth(sides),
        ...tolerance(sides),
        {
          kind: 'table',
          columns: [
            { header: 'Row' },
            { header: 'Truth', align: 'right' },
            { header: 'Champion', align: 'right' },
            { header: 'This', align: 'right' },
            { header: '' },
          ],
          rows: [...moversOf(sides.better, better, unit), ...moversOf(sides.worse, worse, unit)],
        },
      ],
    },
  ];
}

/** A reader asks whether it is luck; the test answers that it could be, or that it hardly is. */
function sayChance({ p }: Sides): string {
  return p < 0.05 ? `hardly chance, p ${formatP(p)}` : `chance could do that, p ${formatP(p)}`;
}

function byTruth({ better, worse }: Sides): readonly Block[] {
  const say = (side: Sides['better'], what: string): readonly string[] =>
    side.byTruth
      .filter(({ n }) => n > 0)
      .map(({ truth, n, of }) => `${truth}: ${groupDigits(String(n))} of ${count(of, 'row')} ${what}`);
  const items = [
    ...say(better, 'are right now and were wrong'),
    ...say(worse, 'are wrong now and were right'),
  ];
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function tolerance({ tolerance: found }: Sides): readonly Block[] {
  if (!found) return [];
  const text = `Within the tolerance: ${count(found.gained, 'row')} came, ${groupDigits(String(found.lost))} left (p ${formatP(found.p)}).`;
  return [{ kind: 'paragraph', text }];
}

function moversOf({ rows }: Sides['better'], what: string, unit: string): readonly Row[] {
  const show = (answer: number | string): string =>
    typeof answer === 'number' ? formatNumber(answer, unit) : answer;
  return rows.map(({ key, truth, now, before }) => ({
    cells: [[{ text: key, code: true }], show(truth), show(before), show(now), what],
  }));
}
