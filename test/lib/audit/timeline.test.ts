import { expect, it } from 'vitest';
import { timeline, whoWasProduction } from '#lib/audit/timeline.ts';
import { abortProgress, advanceProgress, startProgress } from '#lib/rollout/plan.ts';
import { formatProgress, type Progress } from '#lib/rollout/progress.ts';
import { digestOf, intentOf, moved, place } from '../rollout/rollouts.ts';

const old = intentOf({ version: '1.0.0.0' });
const next = intentOf({
  version: '1.1.0.0',
  from: '1.0.0.0',
  steps: '{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}',
});
const at = (second: number) => `2026-11-21T02:00:${String(second).padStart(2, '0')}Z`;
const now = at(0);
const live = moved(startProgress(old, undefined, { now }));
const atTen = moved(startProgress(next, live, { now }));
const atFifty = moved(advanceProgress(next, atTen, { now, skipPause: true }));
const held = moved(abortProgress(next, atTen, { now, reason: 'slow', by: '@ann' }));
const main = (second: number, commit: string, text: string | null) => ({
  at: at(second),
  commit,
  by: '@ann',
  text,
});
const state = (second: number, progress: Progress) => ({ at: at(second), text: formatProgress(progress) });

const A = { '1.0.0.0': 100 };
const AB = { '1.0.0.0': 90, '1.1.0.0': 10 };
const HALF = { '1.0.0.0': 50, '1.1.0.0': 50 };
const told = (...args: Parameters<typeof timeline>) =>
  timeline(...args).map(({ from, to, traffic, commit, source }) => [
    `${from.slice(17, 19)}-${to?.slice(17, 19) ?? ''}`,
    traffic,
    `${commit} ${source}`,
  ]);

const history = [main(1, 'a', old.text), main(10, 'b', next.text)];
const states = [state(3, live), state(12, atTen), state(20, atFifty)];

it('a revert on main that no progress followed moves the traffic at its own instant', () => {
  expect(told([...history, main(30, 'c', old.text)], states, place)).toEqual([
    ['01-03', {}, 'a none'],
    ['03-10', A, 'a progress'],
    ['10-12', A, 'b from'],
    ['12-20', AB, 'b progress'],
    ['20-30', HALF, 'b progress'],
    ['30-', A, 'c live before'],
  ]);
});

it('an abort counts from its own instant, its revert changes the reason only', () => {
  const aborted = [...states.slice(0, 2), state(15, held)];
  expect(told([...history, main(30, 'c', old.text)], aborted, place).slice(3)).toEqual([
    ['12-15', AB, 'b progress'],
    ['15-30', A, 'b hold'],
    ['30-', A, 'c live before'],
  ]);
});

it('of two commits in one second the last of the history stands, the other served nobody', () => {
  expect(
    told([...history, main(20, 'c', old.text), main(20, 'd', next.text)], states, place).slice(3),
  ).toEqual([
    ['12-20', AB, 'b progress'],
    ['20-', HALF, 'd progress'],
  ]);
  expect(
    told([...history, main(20, 'c', next.text), main(20, 'd', old.text)], states, place).slice(4),
  ).toEqual([['20-', A, 'd live before']]);
});

it('a file that is refused leaves what served before, also within the second it was good in', () => {
  expect(
    told([...history, main(20, 'c', old.text), main(20, 'd', 'kind: Rolout')], states, place).slice(4),
  ).toEqual([['20-', A, 'd none']]);
  const broken = [...states, { at: at(25), text: 'spec: [' }, state(27, atFifty)];
  expect(told(history, broken, place).slice(4)).toEqual([
    ['20-25', HALF, 'b progress'],
    ['25-27', HALF, 'b none'],
    ['27-', HALF, 'b progress'],
  ]);
});

it('a promotion that nothing can be decided for leaves what served before', () => {
  const stray = intentOf({ version: '9.1.0.0', from: '9.0.0.0' });
  expect(told([...history, main(30, 'c', stray.text)], states, place).slice(4)).toEqual([
    ['20-30', HALF, 'b progress'],
    ['30-', HALF, 'c none'],
  ]);
});

it('a rollout that is removed serves nothing, and one that says the same again changes nothing', () => {
  expect(told([...history, main(30, 'c', null)], [...states, state(22, atFifty)], place).slice(4)).toEqual([
    ['20-30', HALF, 'b progress'],
    ['30-', {}, 'c none'],
  ]);
});

it('instants are compared, not their text, and a clock that went back does not reorder a history', () => {
  const [first, second] = [main(1, 'a', old.text), main(10, 'b', next.text)];
  const east = { ...second, at: '2026-11-21T03:00:10+01:00' };
  expect(told([first, east], states, place)).toEqual(told([first, second], states, place));
  const back = main(5, 'c', old.text);
  expect(told([first, second, back], [state(3, live)], place)).toEqual([
    ['01-03', {}, 'a none'],
    ['03-10', A, 'a progress'],
    ['10-', A, 'c progress'],
  ]);
});

const spans = timeline([...history, main(30, 'c', old.text)], states, place);

it('who was production is answered to the second, with the bytes and the commit', () => {
  expect(whoWasProduction(spans, at(19))).toMatchObject({ traffic: AB, commit: 'b' });
  expect(whoWasProduction(spans, at(20))).toEqual({
    from: at(20),
    to: at(30),
    traffic: HALF,
    models: { '1.0.0.0': digestOf('1.0.0.0'), '1.1.0.0': digestOf('1.1.0.0') },
    commit: 'b',
    by: '@ann',
    why: 'the rollout stands after step 3 of 4',
    source: 'progress',
  });
  expect(whoWasProduction(spans, '2026-11-21T03:00:29.999+01:00')).toMatchObject({ traffic: HALF });
  expect(whoWasProduction(spans, '2031-01-01')).toMatchObject({ traffic: A, commit: 'c' });
  expect(whoWasProduction(spans, '2026-11-21')).toBeUndefined();
});

it.each(['yesterday', '2026-11-21T02:00', '2026-13-01', ''])(
  '"%s" is no instant that means the same everywhere',
  text => {
    expect(() => whoWasProduction(spans, text)).toThrow('is no instant');
  },
);
