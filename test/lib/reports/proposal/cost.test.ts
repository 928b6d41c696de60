import { describe, expect, it } from 'vitest';
import type { Cost } from '#lib/evaluation/cost.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { costSentence, costTable } from '#lib/reports/proposal/cost.ts';
import { proposal } from '../../../support/proposal.ts';

const relative: Cost['relative'] = {
  to: 'main (1234567)',
  latency_regression: { value: 1.052, ci95: [1.041, 1.066] },
  latency_p50_regression: { value: 1.03, ci95: [1.02, 1.04] },
  throughput_regression: { value: 1.5, ci95: [1.49, 1.52] },
  memory_regression: { value: 1.01, ci95: null },
};

function withRelative(beside: Cost['relative'], state: Proposal['champion']['state'] = 'known'): Proposal {
  const { costs, champion } = proposal();
  const [linear] = Object.values(costs);
  if (!linear) throw new Error('the proposal has costs');
  return proposal({
    costs: { ...costs, linear: { ...linear, relative: beside } },
    champion: { ...champion, state },
  });
}

describe('the sentence', () => {
  it('says what the model costs by itself and in times of the other model, with intervals', () => {
    expect(costSentence(withRelative(relative))?.replaceAll('\u00a0', ' ')).toBe(
      'an answer takes 0.05 ms (95 of 100 at most 0.08 ms); the file has 4 kB, a process that serves it 118 MB of memory; ' +
        'training took 0.4 s. In times of main (1234567), measured in turn: slow answers 1.052 (95 %: 1.041 to 1.066), ' +
        'batches 1.500 (95 %: 1.490 to 1.520), memory 1.010.',
    );
  });

  it('leaves out what was not measured', () => {
    const sentence = costSentence(withRelative({ ...relative, throughput_regression: null }));
    expect(sentence).not.toContain('batches');
    expect(costSentence(withRelative(null))).not.toContain('In times of');
  });

  it('does not hold a model against itself', () => {
    expect(costSentence(withRelative(relative, 'same'))).not.toContain('In times of');
  });
});

describe('the table', () => {
  it('has a column for the other model, filled for the algorithm that was measured beside it', () => {
    const table = costTable(withRelative(relative).costs);
    if (table.kind !== 'table') throw new Error('not a table');
    expect(table.columns.at(-1)?.header).toBe('p95 in times of main (1234567)');
    expect(table.rows.map(({ cells }) => cells.at(-1))).toEqual([
      '1.052 (95\u00a0%: 1.041 to 1.066)',
      'not measured',
    ]);
  });

  it('has no such column without another model, and says rows a second in three digits', () => {
    const table = costTable(proposal().costs);
    if (table.kind !== 'table') throw new Error('not a table');
    expect(table.columns.map(({ header }) => header)).toEqual([
      ...['Model', 'p50', 'p95', 'p99', 'Rows a second', 'Size', 'Memory', 'Training'],
    ]);
    expect(table.rows[0]?.cells[4]).toBe('340\u202f000');
  });
});
