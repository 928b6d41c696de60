// The comment as reviewers get it. The golden files are read like code: a change of them is a change of what people see.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Proposal, proposalSchema } from '#lib/registry/proposal.ts';
import { verificationSchema } from '#lib/registry/verification.ts';
import {
  MAX_COMMENT,
  markerOf,
  renderComment,
  renderPage,
  renderSummary,
} from '#lib/reports/comment/comment.ts';
import type { CommentInput } from '#lib/reports/comment/input.ts';
import { better, commentCases, huge, inputOf, worse } from '../../../support/comment-cases.ts';
import { readMarkup } from '../../../support/markup.ts';
import { findPlaces, replaceAt } from '../../../support/poison.ts';
import { plain } from '../../../support/workspace.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/comment');

function comment(input: CommentInput | undefined): string {
  if (!input) throw new Error('there is no such case');
  return plain(renderComment(input));
}

/** The lines that a reader sees, without empty ones. */
function shown(text: string): readonly string[] {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('<!--'));
}

describe('the comment is the one that was read and agreed on:', () => {
  it.each(Object.entries(commentCases))('%s', async (name, input) => {
    await expect(renderComment(input)).toMatchFileSnapshot(join(fixtures, `${name}.md`));
  });
});

it('the same input gives the same bytes', () => {
  for (const input of Object.values(commentCases))
    expect(renderComment({ ...input, proposal: structuredClone(input.proposal) })).toBe(renderComment(input));
});

it('begins with the marker, then the verdict with old, new, change and interval in one line', () => {
  const [marker, verdict] = comment(commentCases.better).split('\n');
  expect(marker).toBe('<!-- mainline:proposal:parcels -->');
  expect(verdict).toMatch(
    /^✅ \*\*parcels stands\*\* .*rmse 2\.250 → 2\.050 min\*\* \(−0\.200, 95 %: −0\.281 to −0\.118\)/u,
  );
});

it('a marker never holds what would end an HTML comment, and is of one model only', () => {
  expect(markerOf('a--b---c')).not.toContain('--');
  expect(new Set(['a-b', 'a--b', 'a---b', 'a-b-'].map(markerOf)).size).toBe(4);
});

describe('what makes a reader doubt the verdict stands before anything else:', () => {
  const standsBefore = (text: string, first: string, second: string) => {
    expect(text).toContain(first);
    expect(text.indexOf(first)).toBeLessThan(text.indexOf(second));
  };

  it('changed gates and test rows, with who judged instead', () => {
    const text = comment(commentCases['gates-relaxed']);
    expect(shown(text)[0]).toContain('does not stand by the gates of main, which it changes');
    standsBefore(text, 'changes what it is judged by', '###');
    standsBefore(text, 'the test rows changed', '###');
    expect(text).toContain('It was judged by what main has.');
  });

  it('claims that were not found, beside what was', () => {
    const text = comment(commentCases['claims-not-found']);
    standsBefore(text, '| rmse | 2.050 min | **2.610 min** |', '###');
    expect(shown(text)[0]).toContain('does not stand');
  });

  it('that nobody else has seen these numbers', () => {
    const text = comment(commentCases['first-proposal']);
    expect(shown(text)[0]).toMatch(/^⚠️ \*\*parcels cannot be judged\*\* \(claimed\)/u);
    standsBefore(text, "the proposal's own claim", '###');
    expect(text).not.toContain('re-derived');
  });

  it('changed gates that nobody but the proposal tells of', () => {
    const changes = ['models/parcels/model.yaml spec.gates[0].atMost: 2 to 3'];
    const verification = { state: 'claimed', evidence: null, verdict: null, why: 'a reason' } as const;
    const text = comment(inputOf({ ...better, changes }, verification));
    standsBefore(text, 'Nobody but the proposal itself has judged it', '###');
  });
});

describe('numbers are those that were found:', () => {
  it('a proposal cannot hide the champion by saying that it is the same model', () => {
    const champion = { state: 'same', name: 'approved by @security', why: '', sha256: null } as const;
    const lie: Proposal = { ...better, champion };
    const text = comment(inputOf(lie, { evidence: worse.evidence, verdict: worse.verdict }));
    expect(shown(text)[0]).toContain('worse than the champion of main;');
    expect(text).not.toContain('security');
  });

  it('a proposal that fails by its own account is taken at its word', () => {
    const claimed = { state: 'claimed', evidence: null, verdict: null, why: 'a reason' } as const;
    expect(shown(comment(inputOf(worse, claimed)))[0]).toContain('parcels does not stand');
  });

  it('every title says whether they were derived again', () => {
    const titles = (text: string) => text.match(/^### .*$/gmu) ?? [];
    expect(titles(comment(commentCases.better))).toEqual([
      '### What changed against main (5e6f7a8) · claimed',
      '### On the test rows · re-derived',
      '### Gates · re-derived',
      '### Results on the test rows',
      '### Features',
      '### What it has to keep',
    ]);
    expect(comment(commentCases.better)).toContain('2 checks hold (claimed)');
    expect(comment(commentCases.rehearsal)).not.toMatch(/re-derived|claimed/u);
  });
});

it.each(Object.entries(commentCases))('%s: what to do next stands before the first title', (_, input) => {
  const [front = ''] = comment(input).split(/^### /mu);
  expect(front.match(/^\*\*Next\*\*: /gmu)).toHaveLength(1);
});

it('a slice that is worse than the champion’s is named before anything that is good, and owners are asked', () => {
  const [front = ''] = comment(commentCases['worse-in-one-slice']).split(/^### /mu);
  expect(front).toContain(
    'Worse than the champion on a part of the rows**: day = Sun, rmse 2.250 → 2.960 min (+0.710, 95 %: +0.510 to +0.910, 280 rows).',
  );
  expect(front).toContain('its owners say whether it may be worse there');
  expect(comment(commentCases.better)).not.toContain('worse there');
});

it('what fails before there is a number is not doubted twice', () => {
  expect(comment(commentCases['contract-broken'])).not.toContain('Every number here');
  expect(comment(commentCases['first-proposal'])).toContain('Every number here');
});

it('a broken contract is open, and links the line that asks for it', () => {
  const text = comment(commentCases['contract-broken']);
  expect(text).toContain('<details open><summary>❌ Contract');
  expect(text).toMatch(
    /\[data\/parcels\/contract\.odcs\.yaml:12\]\(https:\/\/github\.com\/acme\/shop\/blob\/\w+\/data\/parcels\/contract\.odcs\.yaml#L12\)/u,
  );
});

it('a path that could lead an address out of its folder is no link', () => {
  const changes = ['../../evil/x.ts changed (1 to 2 bytes)', '%2e%2e/x.ts changed (1 to 2 bytes)'];
  expect(comment(inputOf({ ...better, changes }))).not.toMatch(/\]\([^)]*(?:evil|x\.ts)/u);
});

describe('however much a proposal brings,', () => {
  const sizes = (text: string) => [text.length, Buffer.byteLength(text)];

  it('the comment is never longer than GitHub takes, and keeps the verdict', () => {
    const text = renderComment(commentCases['too-long'] as CommentInput);
    for (const size of sizes(text)) expect(size).toBeLessThanOrEqual(MAX_COMMENT);
    expect(shown(text)[0]).toContain('parcels does not stand');
    expect(text).toContain('[The whole run](https://github.com/acme/shop/actions/runs/7)');
  });

  it('folds go first, then all but verdict, reasons and the next step, then the reasons', () => {
    const withChecks = (n: number, says: string): CommentInput => {
      const [contract] = huge.contracts;
      const [check] = contract?.checks ?? [];
      if (!contract || !check) throw new Error('the sample has a check');
      const checks = Array.from({ length: n }, () => ({ ...check, says, outcome: 'skipped' as const }));
      const contracts = Array.from({ length: 40 }, () => ({ ...contract, passed: true, checks }));
      return inputOf({ ...better, contracts });
    };
    const folded = comment(withChecks(60, 'x'.repeat(500)));
    expect(folded).not.toContain('<details>');
    expect(folded).toContain('### Gates');
    const evidence = better.evidence;
    const [metric] = evidence?.evaluation.metrics ?? [];
    if (!evidence || !metric) throw new Error('the sample has a metric');
    const metrics = Array.from({ length: 60 }, (_, i) => ({
      ...metric,
      metric: `${i}${'\u202e'.repeat(590)}`,
    }));
    const [found] = evidence.comparisons;
    if (!found) throw new Error('the sample is compared');
    const comparisons = [
      ...evidence.comparisons,
      ...metrics.map(one => ({ ...found, metric: one.metric, verdict: 'worse' as const })),
    ];
    const evaluation = { ...evidence.evaluation, metrics: [metric, ...metrics] };
    const many = { ...evidence, evaluation, comparisons };
    const short = comment(inputOf({ ...better, evidence: many }));
    expect(short).not.toContain('### Gates');
    expect(short).toContain('**Next**');
    const differences = Array.from({ length: 60 }, () => ({
      ...{ what: '\u{e0061}'.repeat(500), claimed: '#'.repeat(500), found: '\u{e0061}'.repeat(500) },
    }));
    const least = comment(
      inputOf({ ...better, evidence: many }, { differences, ownJudging: differences.map(d => d.what) }),
    );
    expect(shown(least)).toHaveLength(2);
    expect(shown(least)[0]).toContain('parcels stands by the gates of main, which it changes');
  });

  it('every part may be as long as it likes', () => {
    const { proposal, verification } = commentCases['claims-not-found'] as CommentInput;
    const signs = '\u{e0061}#@'.repeat(20_000);
    const places = [
      findPlaces(proposal, proposalSchema),
      findPlaces(verification, verificationSchema),
    ] as const;
    const text = renderComment({
      ...inputOf(replaceAt(proposal, places[0], signs)),
      verification: replaceAt(verification, places[1], signs),
      links: { run: `https://a.b/${'('.repeat(600)}` },
    });
    for (const size of sizes(text)) expect(size).toBeLessThanOrEqual(MAX_COMMENT);
  });

  it('the page of the job has more, and its own bound', () => {
    const summary = renderSummary(commentCases['too-long'] as CommentInput);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1_048_576);
    expect(summary.length).toBeGreaterThan(MAX_COMMENT);
    expect(
      Buffer.byteLength(renderSummary(commentCases['too-long'] as CommentInput, 10_000)),
    ).toBeLessThanOrEqual(10_000);
  });
});

it('the page says the same, and is one that a strict reader can read', () => {
  for (const input of Object.values(commentCases)) {
    const page = renderPage(input);
    const { tags } = readMarkup(page.replace(/<style>[^<]*<\/style>/u, ''));
    const addresses = tags.flatMap(({ attributes }) => attributes.href ?? []);
    expect(addresses.filter(address => !address.startsWith('https://github.com/acme/shop/'))).toEqual([]);
  }
  const page = plain(renderPage(commentCases['claims-not-found'] as CommentInput));
  expect(page).toContain('claims what was not found');
  expect(page).toContain('2.610');
});
