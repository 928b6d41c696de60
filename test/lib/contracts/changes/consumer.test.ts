import { expect, test } from 'vitest';
import { type Consumer, concernedConsumers } from '#lib/contracts/changes/consumer.ts';
import { changesOf, type Entry, table } from './two-contracts.ts';

const named: Consumer = { kind: 'model', name: 'eta', path: 'models/eta/model.yaml', columns: ['a', 'b'] };
const silent: Consumer = { kind: 'model', name: 'risk', path: 'models/risk/model.yaml' };
const view: Consumer = { kind: 'feature-view', name: 'orders', path: 'features/orders.yaml', columns: ['c'] };

const concerned = (base: Entry, head: Entry) =>
  concernedConsumers(changesOf(base, head), [named, silent, view]).map(
    ({ name, verdict, changed }) => `${name} ${verdict} ${changed.join(',')}`,
  );
const columns = (a: Entry, c: Entry) =>
  table([
    { name: 'a', ...a },
    { name: 'c', ...c },
  ]);

test('a consumer that names its columns is concerned by those alone, one that does not by all', () => {
  expect(concerned(columns({ required: true }, {}), columns({}, { required: true }))).toEqual([
    'orders minor c',
    'eta major a',
    'risk major a,c',
  ]);
});

test('what belongs to no column concerns everybody', () => {
  expect(concerned({ status: 'active' }, { status: 'retired' })).toEqual([
    'orders major ',
    'eta major ',
    'risk major ',
  ]);
});

test('words concern nobody', () => {
  expect(concerned(columns({ description: 'x' }, {}), columns({ description: 'y' }, {}))).toEqual([]);
});

test('a renamed column concerns those who read it by its old name', () => {
  const [old, now] = [table([{ id: 'x', name: 'a' }]), table([{ id: 'x', name: 'z' }])];
  expect(concerned(old, now)).toEqual(['eta major a', 'risk major a,z']);
});
