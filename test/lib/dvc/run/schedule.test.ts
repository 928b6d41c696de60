import fc from 'fast-check';
import { expect, it } from 'vitest';
import { postorder } from '#lib/dvc/pipeline/graph.ts';
import { runSchedule, type Schedule } from '#lib/dvc/run/schedule.ts';

type Options = Partial<Schedule<string, string>>;

/** Runs the works of a graph; each takes a turn of the event loop or two, so that orders mix. */
async function run(edges: Readonly<Record<string, readonly string[]>>, options: Options = {}) {
  const needs = new Map(Object.entries(edges));
  const log: string[] = [];
  const running = new Set<string>();
  const together: string[][] = [];
  const outcomes = await runSchedule(postorder([...needs.keys()], needs), {
    needs,
    jobs: 1,
    mutexesOf: () => [],
    onError: 'fail',
    run: async work => {
      running.add(work);
      together.push([...running]);
      log.push(work);
      await new Promise(resolve => setTimeout(resolve, work.length % 3));
      running.delete(work);
      if (work.startsWith('bad')) throw new Error(work);
      return work;
    },
    ...options,
  });
  return { log, together, kinds: Object.fromEntries(outcomes.map(({ work, kind }) => [work, kind])) };
}

it('one at a time is the plan itself', async () => {
  const { log } = await run({ c: ['a', 'b'], b: [], a: ['b'], d: [] });
  expect(log).toEqual(['b', 'a', 'c', 'd']);
});

it('two that do not wait for each other run together, never more than asked', async () => {
  const { together } = await run({ aa: [], bb: [], cc: [], dd: ['aa'] }, { jobs: 2 });
  expect(Math.max(...together.map(names => names.length))).toBe(2);
});

it('what shares a mutex never runs together, and holds up nothing else', async () => {
  const mutexesOf = (work: string) => (work.startsWith('gpu') ? ['gpu'] : []);
  const { together } = await run({ gpu1: [], gpu2: [], cpu1: [], gpu3: [] }, { jobs: 4, mutexesOf });
  expect(together.filter(names => names.filter(name => name.startsWith('gpu')).length > 1)).toEqual([]);
  expect(together.some(names => names.includes('cpu1') && names.length > 1)).toBe(true);
});

it('after a failure nothing more is started', async () => {
  expect((await run({ bad: [], next: ['bad'], other: [] })).kinds).toEqual({ bad: 'failed' });
});

it('asked to keep going, only what builds on the failed one is left out', async () => {
  const edges = { bad: [], next: ['bad'], last: ['next'], other: [] };
  expect((await run(edges, { onError: 'keep-going' })).kinds).toEqual({
    ...{ bad: 'failed', next: 'skipped', last: 'skipped', other: 'done' },
  });
  expect((await run(edges, { onError: 'ignore' })).kinds).toEqual({
    ...{ bad: 'failed', next: 'done', last: 'done', other: 'done' },
  });
});

it('once somebody asked to stop, nothing is started', async () => {
  expect((await run({ a: [], b: [] }, { signal: AbortSignal.abort() })).log).toEqual([]);
});

it('in any graph, at any number of jobs, all runs once and after what it needs', async () => {
  const graph = fc
    .array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
    .map(rows =>
      Object.fromEntries(
        rows.map((row, index) => [
          `n${index}`,
          [...new Set(row.filter(other => other < index))].map(other => `n${other}`),
        ]),
      ),
    );
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 1, max: 8 }), async (edges, jobs) => {
      const { log } = await run(edges, { jobs });
      expect(log.toSorted()).toEqual(Object.keys(edges).toSorted());
      for (const [work, needs] of Object.entries(edges)) {
        for (const need of needs) expect(log.indexOf(need)).toBeLessThan(log.indexOf(work));
      }
    }),
    { numRuns: 40 },
  );
});
