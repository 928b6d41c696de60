// A chain shows what was done to it; who served is told as the servers saw it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AuditEntry, chainRecord } from '#lib/audit/record.ts';
import { timeline, whoWasProduction } from '#lib/audit/timeline.ts';
import { verifyChain } from '#lib/audit/verify.ts';
import { abortProgress, advanceProgress, startProgress } from '#lib/rollout/plan.ts';
import { formatProgress, type Progress } from '#lib/rollout/progress.ts';
import { intentOf, place, rolloutText } from '../rollout/sample.ts';

interface File {
  readonly path: string;
  readonly text: string;
}

const EVENTS = ['release', 'rollout', 'advance', 'abort', 'rollback', 'refuse'] as const;

function chain(length: number): readonly File[] {
  const files: File[] = [];
  for (let n = 0; n < length; n++) {
    const entry: AuditEntry = {
      model: 'parcels',
      event: EVENTS[n % EVENTS.length] ?? 'release',
      at: `2026-03-01T09:00:${String(n).padStart(2, '0')}Z`,
      by: 'bob',
      commit: 'a'.repeat(40),
      details: { n },
    };
    files.push(chainRecord(files.at(-1), entry));
  }
  return files;
}

const whole = chain(9);

it('a whole chain has nothing wrong, and its names are in the order of events', () => {
  expect(verifyChain(whole)).toEqual([]);
  expect(whole.map(({ path }) => path)).toEqual(whole.map(({ path }) => path).toSorted());
  expect(verifyChain([])).toEqual([]);
});

it('an edit of any character, a deletion, a swap and a copy are all seen', () => {
  fc.assert(
    fc.property(fc.nat(8), fc.nat(10_000), fc.constantFrom('0', 'x', ' ', '"'), (n, at, letter) => {
      const { path = '', text = '' } = whole[n] ?? {};
      const place_ = at % text.length;
      fc.pre(text[place_] !== letter);
      const edited = text.slice(0, place_) + letter + text.slice(place_ + 1);
      expect(verifyChain(whole.with(n, { path, text: edited }))).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
  for (let n = 0; n < 8; n++) {
    expect(verifyChain(whole.toSpliced(n, 1)), `without ${n}`).not.toEqual([]);
    const [a, b] = [whole[n], whole[n + 1]];
    if (a && b) {
      expect(
        verifyChain(
          whole.with(n, { path: a.path, text: b.text }).with(n + 1, { path: b.path, text: a.text }),
        ),
      ).not.toEqual([]);
      expect(verifyChain(whole.toSpliced(n + 1, 0, a))).not.toEqual([]);
    }
  }
});

it('a record rewritten with a new hash breaks the link of the next', () => {
  const forged = chainRecord(whole[2], {
    ...{ model: 'parcels', event: 'abort', at: '2026-03-01T09:00:03Z', by: 'mallory' },
    ...{ commit: 'a'.repeat(40), details: {} },
  });
  const problems = verifyChain(whole.with(3, forged));
  expect(problems.map(({ kind }) => kind)).toContain('broken link');
});

const first = rolloutText({ version: '1.0.0.0' });
const promotion = { version: '1.1.0.0', from: '1.0.0.0', weights: [10, 50] } as const;
const second = rolloutText(promotion);
const [one, two] = [intentOf({ version: '1.0.0.0' }), intentOf(promotion)];

function progressOf(moved: { readonly progress: Progress } | object): Progress {
  if ('progress' in moved) return moved.progress as Progress;
  throw new Error(JSON.stringify(moved));
}

const time = (minute: number): string => `2026-03-01T09:${String(minute).padStart(2, '0')}:00Z`;
const live = progressOf(startProgress(one, undefined, { now: time(1) }));
const atTen = progressOf(startProgress(two, live, { now: time(11) }));
const atFifty = progressOf(advanceProgress(two, atTen, { now: time(20), skipPause: true }));
const commit = (at: number, text: string | null) => ({
  at: time(at),
  commit: `${at}`.repeat(20),
  by: 'Ada',
  text,
});
const state = (at: number, progress: Progress) => ({ at: time(at), text: formatProgress(progress) });

it('a revert on main that no progress followed counts from its own instant', () => {
  const spans = timeline(
    [commit(0, first), commit(10, second), commit(30, first)],
    [state(1, live), state(11, atTen), state(20, atFifty)],
    place,
  );
  const served = (at: number) => whoWasProduction(spans, time(at))?.traffic;
  expect(served(0)).toEqual({});
  expect(served(5)).toEqual({ '1.0.0.0': 100 });
  expect(served(10)).toEqual({ '1.0.0.0': 100 });
  expect(served(11)).toEqual({ '1.0.0.0': 90, '1.1.0.0': 10 });
  expect(served(25)).toEqual({ '1.0.0.0': 50, '1.1.0.0': 50 });
  expect(served(30)).toEqual({ '1.0.0.0': 100 });
  expect(served(59)).toEqual({ '1.0.0.0': 100 });
  expect(spans.at(-1)).toMatchObject({ to: null, commit: '30'.repeat(20), by: 'Ada' });
});

it('an abort counts from its instant, a bad file changes nothing, a removed one ends it', () => {
  const held = progressOf(abortProgress(two, atFifty, { now: time(22), reason: 'errors', by: 'bob' }));
  const spans = timeline(
    [commit(0, first), commit(10, second), commit(40, '{{{'), commit(50, null)],
    [state(1, live), state(11, atTen), state(20, atFifty), state(22, held)],
    place,
  );
  const served = (at: number) => whoWasProduction(spans, time(at))?.traffic;
  expect(served(21)).toEqual({ '1.0.0.0': 50, '1.1.0.0': 50 });
  expect(served(23)).toEqual({ '1.0.0.0': 100 });
  expect(served(45)).toEqual({ '1.0.0.0': 100 });
  expect(served(51)).toEqual({});
});

it('of two commits in one second the later one of the history counts', () => {
  const spans = timeline([commit(0, second), commit(0, first)], [state(0, live)], place);
  expect(whoWasProduction(spans, time(0))?.traffic).toEqual({ '1.0.0.0': 100 });
});
