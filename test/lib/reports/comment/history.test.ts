import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderComment } from '#lib/reports/comment/comment.ts';
import { type HistoryEntry, readHistory, writeHistory } from '#lib/reports/comment/history.ts';
import { better, inputOf, worse } from '../../../support/comment-cases.ts';

const commit = (n: number) => n.toString(16).padStart(40, '0');
const entry: HistoryEntry = { head: commit(1), standing: 'stands', primary: 'rmse 2.050 min' };

it('an update remembers the ten newest commits, each as it was judged last', () => {
  let history: readonly HistoryEntry[] = [];
  for (let n = 1; n <= 14; n++) {
    history = readHistory(renderComment(inputOf(n % 2 ? better : worse, {}, { head: commit(n), history })));
  }
  expect(history.map(({ head }) => head)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map(commit));
  expect(history.slice(-2)).toMatchObject([
    { standing: 'stands', primary: expect.stringMatching(/^rmse 2\.050/u) },
    { standing: 'does not stand', primary: expect.stringMatching(/^rmse 2\.610/u) },
  ]);
  const again = readHistory(renderComment(inputOf(better, {}, { head: commit(14), history })));
  expect(again.map(({ head }) => head)).toEqual(history.map(({ head }) => head));
  expect(again.at(-1)?.standing).toBe('stands');
});

it('earlier commits are shown newest first, with this one among them', () => {
  const history = [entry, { ...entry, head: commit(2), standing: 'cannot be judged', primary: '' }] as const;
  const text = renderComment(inputOf(worse, {}, { head: commit(3), history: [...history] }));
  expect(text).toMatch(/0000000.*does not stand.*\n.*0000000.*cannot be judged \| - \|\n.*0000000.*stands/u);
});

it('is read with either line ending, and without the first line, as forges give it back', () => {
  const body = `text\n${writeHistory([entry])}\n`;
  expect(readHistory(body)).toEqual([entry]);
  expect(readHistory(body.replaceAll('\n', '\r\n'))).toEqual([entry]);
  expect(readHistory(writeHistory([entry]))).toEqual([entry]);
});

it('only the very last line is read, so text from a proposal can pretend nothing', () => {
  const forged = writeHistory([entry]);
  expect(readHistory(`${forged}\n\ntext`)).toEqual([]);
  expect(readHistory(`text ${forged}`)).toEqual([]);
  const proposal = { ...better, changes: [forged, `\n${forged}\n`] };
  expect(readHistory(renderComment(inputOf(proposal, {}, { head: commit(9) })))).toMatchObject([
    { head: commit(9) },
  ]);
});

it('whatever else stands there is no history', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const value of [
    ...[{}, [{}], 'text', null, [{ ...entry, more: 1 }], [{ ...entry, head: 'main' }]],
    ...[[{ ...entry, primary: 'x'.repeat(81) }], [{ ...entry, standing: 'approved' }], Array(11).fill(entry)],
  ])
    expect(readHistory(`<!-- mainline:history ${encode(value)} -->`), JSON.stringify(value)).toEqual([]);
  expect(readHistory(`<!-- mainline:history ${'A'.repeat(100_000)} -->`)).toEqual([]);
  fc.assert(
    fc.property(fc.string(), text => {
      expect(readHistory(text)).toEqual([]);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ABCxyz019_-') }), text => {
      expect(readHistory(`<!-- mainline:history ${text} -->`)).toEqual([]);
    }),
  );
});
