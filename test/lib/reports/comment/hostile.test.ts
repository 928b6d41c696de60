// A proposal's author may write anything into anything. What GitHub's own parser makes of it is the work of
// test/fixtures/reports/parse_markdown.py; run that again when hostile.md changes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposalSchema } from '#lib/registry/proposal.ts';
import { verificationSchema } from '#lib/registry/verification.ts';
import { renderCheck } from '#lib/reports/comment/check.ts';
import { renderComment, renderPage } from '#lib/reports/comment/comment.ts';
import { readHistory } from '#lib/reports/comment/history.ts';
import type { CommentInput } from '#lib/reports/comment/input.ts';
import { anyOf } from '../../../support/characters.ts';
import { broken, commentCases, HEAD, inputOf } from '../../../support/comment-cases.ts';
import { fullEvidence } from '../../../support/full-evidence.ts';
import { hostileTexts } from '../../../support/hostile-text.ts';
import { readMarkup } from '../../../support/markup.ts';
import { findPlaces, replaceAt } from '../../../support/poison.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/comment');

/** With everything that can be said: differences, changed gates, a broken contract, slices, folds. */
const honest: CommentInput = (() => {
  const found = commentCases['gates-relaxed'] as CommentInput;
  const { proposal, verification } = found;
  const contracts = [...proposal.contracts, ...broken.contracts];
  if (!proposal.evidence || !verification?.evidence || !verification.verdict)
    throw new Error('nothing was found');
  const evidence = { ...proposal.evidence, ...fullEvidence };
  const override = {
    by: '@ada',
    reason: 'Next month.',
    expires: '2026-12-31',
    path: 'models/parcels/overrides/a.yaml',
  };
  const gates = verification.verdict.gates.map((gate, at) => (at === 2 ? { ...gate, override } : gate));
  const verdict = { ...verification.verdict, gates };
  const checked = {
    ...verification,
    evidence: { ...verification.evidence, ...fullEvidence, verdict },
    verdict,
  };
  const testRows = { use: { models: 12, isCut: true }, overlap: { rows: 3, share: 0.02 } };
  return { ...found, proposal: { ...proposal, contracts, evidence, testRows }, verification: checked };
})();
const places = {
  proposal: findPlaces(honest.proposal, proposalSchema),
  verification: findPlaces(honest.verification, verificationSchema),
};

/** The same with a text of the author's at every place that takes one. */
function poisoned(textAt: (place: number) => string): CommentInput {
  let { proposal, verification } = honest;
  for (const [i, place] of places.proposal.entries()) proposal = replaceAt(proposal, [place], textAt(i));
  for (const [i, place] of places.verification.entries())
    verification = replaceAt(verification, [place], textAt(i));
  return { ...honest, proposal, verification };
}

it('every place that takes any text is found', () => {
  expect(places.proposal.length).toBeGreaterThan(150);
  expect(places.verification.length).toBeGreaterThan(130);
});

describe('hostile text, as the parser of GitHub reads the comment', () => {
  const texts = Object.values(hostileTexts);
  const parsed = readFileSync(join(fixtures, 'hostile.cmark-gfm.html'), 'utf8');

  it('is the Markdown that was parsed', async () => {
    const text = renderComment(poisoned(i => texts[i % texts.length] ?? ''));
    await expect(text).toMatchFileSnapshot(join(fixtures, 'hostile.md'));
  });

  it('becomes no element of its own, and no link but ours', () => {
    const ours =
      /^<(?:\/?(?:h3|p|ul|ol|li|table|thead|tbody|tr|th|td|details|summary|strong|code|pre|span|a)|t[hd] align="right"|details open|a href="https:\/\/github\.com\/acme\/shop\/[\w./#-]+"|!-- (?:|mainline:proposal:parcels |mainline:history [\w-]+ )--)>$/u;
    const found = parsed.match(/<[^>]*>/gu) ?? [];
    expect(found.length).toBeGreaterThan(800);
    expect(found.filter(tag => !ours.test(tag))).toEqual([]);
  });

  it('leaves no mention, reference or emoji in one piece outside code', () => {
    const outside = parsed.replace(/<(code|pre)>.*?<\/\1>/gsu, '').replaceAll(/&#?\w+;/gu, ' ');
    const pieces = outside.split(/<[^>]*>/u);
    expect(pieces.filter(piece => /@\w|#\d|\bgh-\d|:[\w+-]+:|www\.\w|\w:\/\/\w/iu.test(piece))).toEqual([]);
  });
});

const pieces = fc.constantFrom(
  ...'<>&"\'`~!@#$%^*()_-+=[]{}|\\:;,./ \n\t0a1Zé',
  ...['www.', 'https://x.y', 'gh-1', '@a', '#1', 'a/b#1', '<b>', '<!--', '-->', '**', '__', '```', '~~~'],
  ...['[^1]:', '](http://x)', '![', ':a:', 'a@b.c', '&lt;', '\\\n', '  \n', '1.', '---', '\u202e', '\u200b'],
  ...['</details>', '<details open>', '<!-- mainline:history AAAA -->', '| --- |', '```mermaid\n', '$$', 'x'],
);
const hostile = fc
  .array(pieces, { minLength: 1, maxLength: 12 })
  .map(parts => parts.join(''))
  .filter(text => text.trim() !== '');

/** What each line begins with, and how many cells it has: the structure that no text may change. */
function skeleton(markdown: string): readonly string[] {
  let fence = '';
  return markdown
    .split('\n')
    .slice(1, -2)
    .map(line => {
      if (fence !== '') {
        if (line === fence) fence = '';
        return 'code';
      }
      if (/^`{3,}$/u.test(line)) {
        fence = line;
        return 'code';
      }
      const [begin = ''] = /^(?:#+ |\| |- |\d+\. |<\/?details(?: open)?>|[✅❌⚠])/u.exec(line) ?? [];
      const cells = begin === '| ' ? line.split('|').length : 0;
      return line === '' ? '' : `${begin}${cells}`;
    });
}

const harmless = skeleton(renderComment(poisoned(() => 'x')));

describe('any text in every place', () => {
  it('keeps the structure of the comment, line by line', () => {
    fc.assert(
      fc.property(hostile, text => {
        expect(skeleton(renderComment(poisoned(() => text)))).toEqual(harmless);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no live address, element, mention, reference or hidden character outside code', () => {
    fc.assert(
      fc.property(hostile, text => {
        const comment = renderComment(poisoned(() => text));
        expect(comment).not.toMatch(
          anyOf([0, 9], [0xb, 0x1f], [0x7f, 0x9f], [0x200b, 0x200f], [0x202a, 0x202e]),
        );
        const outside = comment
          // A line that begins with an element is HTML, in which brackets mean nothing.
          .replaceAll(/^<details.*$/gmu, line => line.replaceAll('](', ''))
          .replace(/^(`{3,})\n.*?\n\1$/gmsu, '')
          .replaceAll(/`[^`\n]*`/gu, '')
          .replaceAll(/\]\(https:\/\/github\.com\/acme\/shop\/[\w./#-]+\)/gu, '')
          .replaceAll(/<a href="https:\/\/github\.com\/acme\/shop\/[\w./#-]+">/gu, '')
          .replaceAll(/<!-- (?:|mainline:\S+ |mainline:history \S+ )-->/gu, '\u0001')
          .replaceAll(/<(?:\/?(?:details|summary|strong|code|span|a)|details open)>/gu, '');
        expect(outside).not.toMatch(/[<>]|(?<!\\)\]\(|@\w|(?<!&)#\d|\bgh-\d|:\/\/|www\.|`/iu);
      }),
      { numRuns: 60 },
    );
  });

  it('writes no history, and begins and ends with our own lines', () => {
    fc.assert(
      fc.property(hostile, text => {
        const comment = renderComment(poisoned(() => text));
        expect(comment.split('\n')[0]).toBe('<!-- mainline:proposal:parcels -->');
        expect(readHistory(comment)).toMatchObject([{ head: HEAD }]);
      }),
      { numRuns: 20 },
    );
  });

  it('changes no element of the page', () => {
    const read = (input: CommentInput) =>
      readMarkup(renderPage(input).replace(/<style>[^<]*<\/style>/u, '')).tags.filter(
        ({ name }) => !['a', 'svg', 'line', 'circle', 'polygon', 'rect', 'text'].includes(name),
      );
    const names = read(poisoned(() => 'x')).map(({ name }) => name);
    fc.assert(
      fc.property(hostile, text => {
        expect(read(poisoned(() => text)).map(({ name }) => name)).toEqual(names);
      }),
      { numRuns: 20 },
    );
  });

  it('reaches a check as plain text within its bounds, at places that can be', () => {
    fc.assert(
      fc.property(hostile, text => {
        const { title, summary, annotations } = renderCheck(
          poisoned(() => text.repeat(300)),
          () => 3,
        );
        expect(title.length).toBeLessThanOrEqual(255);
        expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(65_535);
        for (const annotation of annotations) {
          expect(annotation.title.length).toBeLessThanOrEqual(255);
          expect(Buffer.byteLength(annotation.message)).toBeLessThanOrEqual(65_536);
          expect(annotation.title + annotation.message).not.toMatch(
            anyOf([0, 9], [0xb, 0x1f], [0x202a, 0x202e]),
          );
          expect(annotation.path).not.toMatch(/^\/|\\|(?:^|\/)\.\.(?:\/|$)/u);
        }
      }),
      { numRuns: 20 },
    );
  });
});

it('a proposal that names nothing, or one thing only, is told all the same', () => {
  const { proposal } = honest;
  const evidence = proposal.evidence && {
    ...proposal.evidence,
    evaluation: { ...proposal.evidence.evaluation, metrics: [], slices: [], reliability: [] },
    comparisons: [],
    verdict: { slo_compliant: true, gates: [], reasons: [] },
  };
  const empty = {
    ...proposal,
    contracts: [],
    stages: [],
    changes: [],
    costs: {},
    crossValidation: null,
    evidence,
  };
  for (const input of [inputOf(empty), inputOf({ ...empty, evidence: null })]) {
    expect(renderComment(input).split('\n')[1]).toContain('parcels');
    expect(renderCheck(input).title).toContain('parcels');
  }
});
