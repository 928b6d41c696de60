import { expect, test } from 'vitest';
import { type ContractDiff, diffContract } from '#lib/contracts/changes/contract-diff.ts';
import { contractDiffBlocks, unreadModelBlocks } from '#lib/reports/contracts/diff-blocks.ts';
import { formatDiffAnnotations, formatDiffJunit } from '#lib/reports/contracts/diff-formats.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { contract, type Entry, table } from '../../contracts/changes/two-contracts.ts';

const PATH = 'data/x/contract.odcs.yaml';

function diffOf(base: Entry, head: Entry): ContractDiff {
  const found = diffContract({
    path: PATH,
    base: contract(base, PATH),
    head: contract(head, PATH),
    consumers: [
      { kind: 'model', name: 'eta', path: 'models/eta/model.yaml', columns: ['a'] },
      { kind: 'feature-view', name: 'orders', path: 'features/orders.yaml' },
    ],
  });
  if (!found) throw new Error('there is nothing to compare');
  return found;
}

const BASE = table([{ name: 'a', required: true }, { name: 'gone' }, { name: 'c', description: 'old' }]);
const HEAD = table([{ name: 'a' }, { name: 'c', description: '**new** <b>', unique: true }]);

test('for the comment on a pull request: the worst first, each with both sides, then who reads it', () => {
  expect(
    renderMarkdown([...contractDiffBlocks(diffOf(BASE, HEAD)), ...unreadModelBlocks(['odd'])]),
  ).toMatchSnapshot();
});

test('JUnit: a case a contract, which fails when the version does not fit', () => {
  const failed = diffOf(BASE, HEAD);
  const fits = { ...diffOf(BASE, { ...HEAD, version: '2.0.0' }), path: 'a "b" & <c>\u0000.odcs.yaml' };
  expect(formatDiffJunit([failed, fits])).toMatchSnapshot();
});

test('annotations: nothing in a contract begins a line or a command of its own', () => {
  const hostile = table([{ name: 'a', description: 'x\n::error::forged\r100%' }]);
  const lines = formatDiffAnnotations([diffOf(table([{ name: 'a' }]), hostile)]).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain('x%0A::error::forged%0D100%25');
});
