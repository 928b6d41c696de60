import { expect, it } from 'vitest';
import { createCurrentTable } from '#lib/serving/current-table.ts';
import type { LoadedModel } from '#lib/serving/table.ts';
import { route, table } from './tiny-serving.ts';

const fake = (digest: string): LoadedModel => ({
  digest,
  signature: { columns: [], packed: undefined, output: 'prediction' },
  score: async () => new Float64Array(),
  close: async () => undefined,
});
const [a, b] = [fake('a'), fake('b')];
const only = (model: LoadedModel) =>
  table({ sum: route({ '1.0.0.0': model }, { traffic: { '1.0.0.0': 100 } }) });

function digests(tables: ReturnType<typeof createCurrentTable>): readonly string[] {
  return [...tables.reachable()].map(({ digest }) => digest).sort();
}

it('a request keeps the table it began with, and its models, until it ends', () => {
  const told: (readonly string[])[] = [];
  const tables = createCurrentTable(() => told.push(digests(tables)));
  tables.swap(only(a));
  const held = tables.hold();
  tables.swap(only(b));
  expect(held.table.models.get('sum')?.route?.versions.get('1.0.0.0')).toBe(a);
  expect(tables.hold().table.models.get('sum')?.route?.versions.get('1.0.0.0')).toBe(b);
  expect(digests(tables)).toEqual(['a', 'b']);
  held.release();
  expect(told.at(-1)).toEqual(['b']);
});

it('what a request leaves running keeps the table too', () => {
  const tables = createCurrentTable();
  tables.swap(only(a));
  const held = tables.hold();
  const copy = held.again();
  tables.swap(only(b));
  held.release();
  expect(digests(tables)).toEqual(['a', 'b']);
  copy.release();
  expect(digests(tables)).toEqual(['b']);
});

it('a model that both tables name is never given up between them', () => {
  const lost: boolean[] = [];
  const tables = createCurrentTable(() => lost.push(!tables.reachable().has(a)));
  tables.swap(only(a));
  for (let i = 0; i < 5; i++) {
    const held = tables.hold();
    tables.swap(only(a));
    held.release();
  }
  expect(lost).not.toContain(true);
});
