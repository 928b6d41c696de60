import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Proposal } from '#lib/registry/proposal.ts';
import { filesToLocate, linesOf } from '#lib/reports/comment/annotations.ts';
import { renderCheck } from '#lib/reports/comment/check.ts';
import type { CommentInput } from '#lib/reports/comment/input.ts';
import { better, broken, commentCases, huge, inputOf, worse } from '../../../support/comment-cases.ts';
import { plain } from '../../../support/workspace.ts';

const modelFile = 'models/parcels/model.yaml';
const paramsFile = 'pipelines/parcels/params.yaml';
const lineOf = linesOf(
  new Map([
    [
      modelFile,
      'spec:\n  # comment\n  gates:\n    - {metric: rmse, atMost: 3}\n    - metric: rmse\n      notWorseThan: champion\n',
    ],
    [paramsFile, 'train:\n  algorithms:\n    gradient-boosting:\n      leaves: 7\n      trees: 300\n'],
  ]),
);

const check = (input: CommentInput | undefined) => {
  if (!input) throw new Error('there is no such case');
  return renderCheck(input, lineOf);
};

it('says stands, does not stand, or that nobody can judge, as success, failure and neutral', () => {
  const told = (name: string) => {
    const { name: of, conclusion, title } = check(commentCases[name]);
    return [of, conclusion, plain(title)];
  };
  expect(told('better')).toEqual([
    'mainline/model/parcels',
    'success',
    'parcels stands: rmse 2.250 → 2.050 min',
  ]);
  expect(told('worse')).toEqual([
    'mainline/model/parcels',
    'failure',
    'parcels does not stand: rmse 2.250 → 2.610 min',
  ]);
  expect(told('cannot-tell')[1]).toBe('failure');
  expect(told('first-proposal')).toEqual([
    'mainline/model/parcels',
    'neutral',
    'parcels cannot be judged: rmse 2.050 min',
  ]);
  expect(told('contract-broken')).toEqual(['mainline/model/parcels', 'failure', 'parcels does not stand']);
  expect(told('rehearsal')[1]).toBe('success');
});

it('marks the gate of model.yaml that did not pass, and the parameters that were changed', () => {
  expect(check(commentCases.worse).annotations).toMatchObject([
    {
      ...{ path: modelFile, startLine: 5, endLine: 5, level: 'failure' },
      title: expect.stringMatching(/^rmse not worse than the champion by more than 2.%: failed$/u),
      message: expect.stringMatching(/^worse: .*\nImprove the model, or keep the one that runs\.$/u),
    },
    {
      ...{ path: paramsFile, startLine: 5, level: 'notice' },
      message: 'train.algorithms.gradient-boosting.trees: 100 to 300',
    },
  ]);
});

it('a gate that only warns is a warning', () => {
  const text = 'spec:\n  gates: [{}, {}, {},\n    {metric: within_tolerance}]\n';
  const { annotations } = renderCheck(
    commentCases.worse as CommentInput,
    linesOf(new Map([[modelFile, text]])),
  );
  expect(annotations.map(({ level, startLine }) => [level, startLine])).toEqual([
    ['failure', 2],
    ['warning', 3],
  ]);
});

it('marks each line of a contract that rows break, with some of them', () => {
  expect(check(inputOf(broken)).annotations).toMatchObject([
    { path: 'data/parcels/contract.odcs.yaml', startLine: 12, level: 'failure' },
    {
      startLine: 15,
      title: 'The data breaks its contract: day is one of Mon, Tue, Sun',
      message:
        'data/parcels/parcels.csv: 41 rows break it\nFor example\nline 7: Sunday\nline 8: sun\nline 9: (empty)',
    },
  ]);
});

it('marks the gates that the proposal changes, and who judged instead', () => {
  const { annotations } = check(commentCases['gates-relaxed']);
  expect(annotations).toContainEqual(
    expect.objectContaining({
      ...{
        path: modelFile,
        startLine: 4,
        level: 'warning',
        title: 'This proposal changes what it is judged by',
      },
      message: expect.stringMatching(/^It was judged by what main has\.\nthe gate /u),
    }),
  );
});

it('what stands nowhere in the files is not marked: unreadable files, gates of main, odd places', () => {
  const none = renderCheck(commentCases.worse as CommentInput, linesOf(new Map([[modelFile, 'a: [']])));
  expect(none.annotations).toEqual([]);
  const [contract] = broken.contracts;
  const [first] = contract?.checks ?? [];
  if (!contract || !first) throw new Error('the sample has a check');
  const at = (path: string, line: number): Proposal => ({
    ...broken,
    contracts: [
      {
        ...contract,
        contract: { ...contract.contract, path },
        checks: [{ ...first, at: { line, column: 1 } }],
      },
    ],
  });
  expect(check(inputOf(at('data/x.yaml', 1))).annotations).toHaveLength(1);
  for (const odd of [at('../x', 1), at('/etc/passwd', 1), at('a\\b', 1), at('a\u202eb', 1), at('x', 2 ** 40)])
    expect(check(inputOf(odd)).annotations).toEqual([]);
});

it('asks for the lines of few files, none of them outside the repository', () => {
  const changes = [
    '../../etc/x.yaml a: 1 to 2',
    '/etc/x.yaml a: 1 to 2',
    ...Array.from({ length: 20 }, (_, i) => `p${i}/params.yaml a: 1 to 2`),
  ];
  expect(filesToLocate({ ...better, changes })).toEqual([
    modelFile,
    ...[0, 1, 2, 3].map(i => `p${i}/params.yaml`),
  ]);
});

it('however much there is, failures come first and all stays within bounds', () => {
  const { annotations, summary, title } = check(inputOf({ ...huge, model: worse.model }));
  expect(annotations).toHaveLength(200);
  expect(new Set(annotations.map(({ level }) => level))).toEqual(new Set(['failure']));
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(65_535);
  expect(title.length).toBeLessThanOrEqual(255);
});

it('its summary is the comment without what only a comment needs', async () => {
  const golden = await readFile(join(import.meta.dirname, '../../../fixtures/comment/better.md'), 'utf8');
  const { summary } = check(commentCases.better);
  expect(golden).toContain(summary);
  expect(summary).not.toContain('<!-- mainline');
});
