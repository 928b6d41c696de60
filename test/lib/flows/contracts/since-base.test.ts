import { expect, test } from 'vitest';
import { compareContracts } from '#lib/flows/contracts/since-base.ts';
import { validateDatasets } from '#lib/flows/datasets.ts';
import { contractOf, csvOf, makeRepository } from './contract-repository.ts';

const dataset = { path: 'data/t.csv', contract: 'data/contract.odcs.yaml' };

async function compare(change: (repository: ReturnType<typeof makeRepository>) => void) {
  const repository = makeRepository();
  const { root, write, commit } = repository;
  write({
    [dataset.contract]: contractOf(),
    [dataset.path]: csvOf([
      [1, 'x'],
      ['z', 'y'],
    ]),
  });
  const base = { name: 'main', commit: commit('base') };
  change(repository);
  const results = await validateDatasets([dataset], { root });
  const changes = await compareContracts(results, { root, base });
  return changes.map(({ newlyFailing, fixed, stillFailing }) => ({ newlyFailing, fixed, stillFailing }));
}

test('what fails newly, is fixed or still fails is known of data in git', async () => {
  const changes = await compare(({ write }) =>
    write({
      [dataset.path]: csvOf([
        [1, 'x'],
        [2, ''],
      ]),
    }),
  );
  expect(changes).toEqual([{ newlyFailing: ['c.required'], fixed: ['n.type'], stillFailing: [] }]);
});

test('data and contract that are the same still fail where they do', async () => {
  const changes = await compare(() => undefined);
  expect(changes).toEqual([{ newlyFailing: [], fixed: [], stillFailing: ['n.type'] }]);
});

test('nothing is said of a base whose contract cannot be read', async () => {
  const repository = makeRepository();
  const { root, write, commit } = repository;
  write({ [dataset.contract]: 'nonsense', [dataset.path]: csvOf([[1, 'x']]) });
  const base = { name: 'main', commit: commit('base') };
  write({ [dataset.contract]: contractOf() });
  const results = await validateDatasets([dataset], { root });
  expect(await compareContracts(results, { root, base })).toEqual([]);
  expect(await compareContracts(results, { root, base: null })).toEqual([]);
});
