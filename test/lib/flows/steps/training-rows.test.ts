// Which columns of a contract the trainers take when nobody says.
import { expect, it } from 'vitest';
import { readTrainingRows } from '#lib/flows/steps/training-rows.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { readModel } from '#lib/registry/read.ts';
import { createWorkspace } from '../../../support/workspace.ts';

it('takes all but the target and the key, which names a row and would be learned by heart', async () => {
  const workspace = await createWorkspace();
  const file = 'data/parcels/parcels.csv';
  const { value: model } = await readModel(workspace.root, 'parcels', vocabulary);
  const read = async (key: string, features?: readonly string[]): Promise<readonly string[]> => {
    const { evaluation } = model.spec;
    const keyed = { ...evaluation, rows: { ...evaluation.rows, key } };
    const { set } = await readTrainingRows({
      rows: workspace.path(file),
      contract: workspace.path('data/parcels/contract.odcs.yaml'),
      model: { ...model, spec: { ...model.spec, evaluation: keyed } },
      features,
    });
    return set.features.columns.map(({ name }) => name);
  };
  expect(await read('parcel')).toEqual(['distance', 'day']);
  expect(await read('day')).toEqual(['parcel', 'distance']);
  expect(await read('parcel', ['distance']), 'what is asked for is taken').toEqual(['distance']);
});
