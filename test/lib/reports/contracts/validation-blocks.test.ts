import { expect, test } from 'vitest';
import type { ContractChange } from '#lib/contracts/compare/contract-change.ts';
import { wholeComment } from '#lib/reports/comment/sections.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { better, inputOf } from '../../../support/comment-cases.ts';

function commentOf(change: Pick<ContractChange, 'newlyFailing' | 'fixed' | 'stillFailing'>): string {
  const known = { contract: 'c.odcs.yaml', data: 'data/t.csv', base: { name: 'main', commit: 'c0' } };
  const proposal = { ...better, contractChanges: [{ ...known, ...change }] };
  return renderMarkdown(wholeComment(inputOf(proposal)));
}

test('the comment says what a contract fails newly, and what it no longer fails', () => {
  const comment = commentOf({ newlyFailing: ['a.minimum'], fixed: ['b.unique'], stillFailing: [] });
  expect(comment).toContain('Contracts since the base');
  expect(comment).toContain('data/t.csv since main: newly failing: a.minimum; fixed: b.unique');
});

test('nothing is said of contracts that hold and held', () => {
  const comment = commentOf({ newlyFailing: [], fixed: [], stillFailing: [] });
  expect(comment).not.toContain('since the base');
});
