import { expect, it } from 'vitest';
import { createCounts, LATENCY_BOUNDS } from '#lib/serving/counts.ts';

it('slow is what takes longer than the limit, not what takes just as long', () => {
  const counts = createCounts([100, 250]);
  for (const ms of [99, 100, 100.5, 250, 251]) counts.add('1', 'answered', ms);
  expect(counts.read().get('1')).toMatchObject({ requests: 5, slow: { '100': 3, '250': 1 } });
});

it('each request falls into one bucket, one on a bound into that bound, the slowest above all', () => {
  const counts = createCounts();
  for (const ms of [0, 1, 1.1, 5000, 5001]) counts.add('1', 'answered', ms);
  const latency = counts.read().get('1')?.latency ?? [];
  expect(latency).toHaveLength(LATENCY_BOUNDS.length + 1);
  expect([latency[0], latency[1], latency.at(-2), latency.at(-1)]).toEqual([2, 1, 1, 1]);
});

it('what is read does not change with what comes after', () => {
  const counts = createCounts([10]);
  counts.add('1', 'error', 20);
  const read = counts.read();
  counts.add('1', 'error', 20);
  counts.add('2', 'refused', 1);
  expect(read.get('1')).toMatchObject({ requests: 1, errors: 1, slow: { '10': 1 } });
  expect(read.has('2')).toBe(false);
});
