// The comment as reviewers get it. The golden files are read like code: a change of them is a change of what people see.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Verification } from '#lib/registry/verification.ts';
import { renderCheck } from '#lib/reports/comment/check.ts';
import { MAX_COMMENT, renderComment, renderPage } from '#lib/reports/comment/comment.ts';
import { readHistory } from '#lib/reports/comment/history.ts';
import type { CommentInput } from '#lib/reports/comment/input.ts';
import { compared, proposal as createProposal } from '../../../support/proposal.ts';

const proposal = createProposal();
const [HEAD, BASE] = ['a'.repeat(40), 'b'.repeat(40)];

function verified(claim: Proposal, change: Partial<Verification> = {}): Verification {
  return {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Verification',
    ...{ model: claim.model.metadata.name, base: BASE, head: HEAD, state: 'rederived', why: '' },
    ...{ evidence: claim.evidence, verdict: claim.verdict, differences: [], ownJudging: [] },
    ...change,
  };
}

const input = (
  claim: Proposal,
  change: Partial<Verification> = {},
  rest: Partial<CommentInput> = {},
): CommentInput => ({
  ...{ proposal: claim, verification: verified(claim, change), head: HEAD, history: [], links: {} },
  ...rest,
});

const worse: Proposal = compared('worse');
const cases: Readonly<Record<string, CommentInput>> = {
  better: input(compared('better')),
  worse: input(worse),
  'cannot-tell': input(compared("can't tell")),
  first: input(proposal),
  'relaxed-gates': input(worse, {
    ownJudging: ['the gate "rmse atMost 3" is taken away', 'the test rows changed'],
  }),
  'false-claims': input(compared('better'), {
    evidence: worse.evidence,
    verdict: worse.verdict,
    differences: [
      { what: 'rmse', claimed: '0.100 min', found: '2.05 min' },
      { what: 'verdict', claimed: 'stands', found: 'does not stand' },
    ],
  }),
  claimed: input(proposal, {
    ...{ state: 'claimed', evidence: null, verdict: null },
    why: 'main has no parcels yet: its gates and test rows come with this proposal',
  }),
  again: input(
    compared('better'),
    {},
    {
      history: [
        { head: 'c'.repeat(40), stands: false, primary: 'rmse 3.40 min' },
        { head: 'd'.repeat(40), stands: null, primary: '' },
      ],
    },
  ),
};

describe('the comment is the one that was read and agreed on:', () => {
  it.each(Object.keys(cases))('%s', name => {
    const file = join(import.meta.dirname, '../../../fixtures/comment', `${name}.md`);
    const text = renderComment(cases[name] as CommentInput);
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});

it('the first line is the verdict, and the numbers are those that were found', () => {
  const text = renderComment(cases['false-claims'] as CommentInput);
  expect(text.split('\n')[0]).toMatch(/^❌ \*\*parcels does not stand\*\*/u);
  expect(text.indexOf('claims what was not found')).toBeLessThan(text.indexOf('## '));
});

it('remembers what it said of earlier commits, ten of them, whatever somebody wrote into it', () => {
  let history = readHistory('');
  for (let n = 0; n < 14; n++) {
    const head = n.toString(16).repeat(40).slice(0, 40);
    history = readHistory(renderComment(input(proposal, {}, { head, history })));
  }
  expect(history).toHaveLength(10);
  expect(history.at(-1)).toMatchObject({ head: 'd'.repeat(40), stands: true });
  const again = readHistory(renderComment(input(proposal, {}, { head: 'd'.repeat(40), history })));
  expect(again).toEqual(history);
  for (const forged of [
    '<!-- mainline:history AAAA -->',
    '<!-- mainline:history W3sieCI6MX1d -->',
    `<!-- mainline:history ${'A'.repeat(9000)} -->`,
  ])
    expect(readHistory(forged)).toEqual([]);
});

it('is never longer than GitHub takes, and keeps the verdict whatever has to go', () => {
  const [contract] = proposal.contracts;
  if (!contract) throw new Error('the sample has a contract');
  const check = {
    ...{ column: null, rule: 'required', says: 'distance is there', severity: 'error' as const },
    ...{ value: null, threshold: '= 0', failingRows: null, failingShare: null, samples: [] },
    at: { line: 1, column: 1 },
  };
  const many = Array.from({ length: 10_000 }, (_, i) => ({
    ...check,
    id: `c${i}`,
    outcome: 'skipped' as const,
    reason: 'x'.repeat(50),
  }));
  const large = { ...proposal, contracts: [{ ...contract, checks: many }] };
  const text = renderComment(
    input(large, {}, { links: { run: 'https://github.com/acme/shop/actions/runs/7' } }),
  );
  expect(text.length).toBeLessThanOrEqual(MAX_COMMENT);
  expect(text.split('\n')[0]).toMatch(/parcels stands/u);
  expect(text).toContain('too long for a comment');
  const changes = Array.from({ length: 12 }, () => 'y'.repeat(40_000));
  const wide = renderComment(input({ ...proposal, changes }));
  expect(wide.length).toBeLessThanOrEqual(MAX_COMMENT);
  expect(wide.split('\n')[0]).toMatch(/parcels stands/u);
});

it('nothing that a proposal says becomes markup, a mention or a reference', () => {
  const hostile = fc.stringMatching(/^[\w@#<>[\]()`|!*:/&;.\\$-]{1,60}$/u);
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const text = renderComment(
        input(
          { ...proposal, changes: [a] },
          { ownJudging: [b], differences: [{ what: a, claimed: b, found: a }] },
        ),
      );
      const shown = text.replace(/<!-- -->/gu, '\u0001');
      expect(shown).not.toMatch(/@[a-z0-9]/iu);
      expect(shown).not.toMatch(/<(?!\/?(?:details|summary|code|strong|span)>|!--)[a-z!]/iu);
      expect(shown).not.toMatch(/(?<!\\)\]\(/u);
    }),
  );
});

it('a check has one line, and a remark at the line of the gate and of the rule of the contract', () => {
  const yaml = `spec:\n  gates:\n    - {metric: rmse, atMost: 3}\n`;
  const failed: Proposal = {
    ...proposal,
    verdict: {
      ...proposal.verdict,
      slo_compliant: false,
      gates: [
        {
          id: 'rmse atMost 3',
          condition: 'rmse at most 3 min',
          severity: 'block',
          outcome: 'failed',
          reason: '3.4 min',
          remedy: 'Improve it.',
        },
      ],
    },
  };
  const check = renderCheck(input(failed), yaml);
  expect(check).toMatchObject({ name: 'mainline/parcels', conclusion: 'failure' });
  expect(check.title).toBe('parcels does not stand: 1 of 1 gates (re-derived)');
  expect(check.annotations).toEqual([
    expect.objectContaining({
      path: 'models/parcels/model.yaml',
      startLine: 3,
      level: 'failure',
      message: '3.4 min\nImprove it.',
    }),
  ]);
  expect(renderCheck(input(failed), 'not: [yaml').annotations).toEqual([]);
  expect(renderCheck(cases.claimed as CommentInput).conclusion).toBe('neutral');
});

it('the page says the same', () => {
  const page = renderPage(cases['false-claims'] as CommentInput);
  expect(page).toContain('claims what was not found');
  expect(page).toContain('0.100');
});
