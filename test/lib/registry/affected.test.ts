import { expect, it } from 'vitest';
import { affectedModels } from '#lib/registry/affected.ts';

const models = [
  { name: 'eta', paths: ['models/eta', 'pipelines/eta', 'data/orders/orders.csv'] },
  { name: 'etas', paths: ['models/etas', 'pipelines/etas', 'data/orders/orders.csv'] },
];

it.each([
  [['pipelines/eta/train.ts'], ['eta']],
  [['models/etas/model.yaml'], ['etas']],
  [['data/orders/orders.csv'], ['eta', 'etas']],
  [['data/orders/orders.csv.bak', 'README.md'], []],
  [[], []],
] as const)('a change of %j touches %j', (changed, affected) => {
  expect(affectedModels(models, changed)).toEqual(affected);
});
