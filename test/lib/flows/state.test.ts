// Reading the state branch while others write it.
import { expect, it } from 'vitest';
import { readState, STATE_REF } from '#lib/flows/state.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { makeFixture } from '../../support/github/fixture.ts';

it('a branch that another process makes between two questions is there, and no damage', async () => {
  const { bare } = await makeFixture();
  const repository = await openRepository(bare);
  let asked = 0;
  const racing = {
    ...repository,
    resolve: async (revision: string) => {
      const found = await repository.resolve(revision);
      asked += 1;
      if (asked > 1) return found;
      const author = { name: 'x', email: 'x@example.org', at: '2026-03-01T10:00:00Z' };
      const made = await repository.commitFiles(undefined, new Map([['a.txt', 'a\n']]), {
        message: 'made',
        author,
      });
      await repository.updateRef(STATE_REF, made, undefined);
      return found;
    },
  };
  const state = await readState(racing);
  expect(state.list('')).toEqual(['a.txt']);
});
