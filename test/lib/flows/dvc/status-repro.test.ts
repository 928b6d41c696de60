// status and repro judge each stage alike, whatever was done to a repository since it ran.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reproduceRepository } from '#lib/flows/dvc/repro.ts';
import { statusOfRepository } from '#lib/flows/dvc/status.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'status-repro-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
const erase = (name: string) => rmSync(join(root, name), { recursive: true, force: true });
const options = () => ({ directory: root, env: {}, now: Date.now });

/** With `dry` what would run, or could not even be told because something it needs is missing. */
async function repro({ dry }: { readonly dry: boolean }): Promise<ReadonlySet<string>> {
  const { stages } = await reproduceRepository({
    ...options(),
    ...{ targets: [], allPipelines: true, command: 'mainline dvc repro', dry, onError: 'ignore' },
    signal: new AbortController().signal,
    ...{ onEvent: () => {}, onWait: () => {}, onNote: () => {}, onRecovered: () => {} },
  });
  return new Set(stages.filter(({ status }) => status !== 'skipped').map(({ stage }) => stage));
}

/** Stages that differ, and those of them where nothing but the cache is short of something. */
async function status() {
  const { stages } = await statusOfRepository({ ...options(), targets: [] });
  const onlyLost = stages.filter(({ items }) =>
    items.every(item => 'changes' in item && [...item.changes.values()].every(one => one === 'not in cache')),
  );
  const names = (some: typeof stages) => new Set(some.map(({ address }) => address));
  return { stale: names(stages), onlyLost: names(onlyLost) };
}

interface StageDraft {
  readonly sources: readonly number[];
  /** Whether it also reads what the stage before it makes. */
  readonly isChained: boolean;
  readonly params: 'none' | 'one' | 'nested' | 'whole';
  readonly out: 'file' | 'folder' | 'plain' | 'persist' | 'none';
  readonly mark: 'frozen' | 'always_changed' | 'none';
}

/** DVC itself disagrees about what is frozen and has nothing that could change: its status calls it always changed. */
const isJudged = ({ sources, params, out, mark }: StageDraft) =>
  mark !== 'frozen' || sources.length > 0 || params !== 'none' || out !== 'none';

const stageDraft: fc.Arbitrary<StageDraft> = fc
  .record<StageDraft>({
    sources: fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
    isChained: fc.boolean(),
    params: fc.constantFrom('none', 'one', 'nested', 'whole'),
    out: fc.constantFrom('file', 'folder', 'plain', 'persist', 'none'),
    mark: fc.constantFrom('none', 'none', 'none', 'frozen', 'always_changed'),
  })
  .filter(isJudged);

const PARAMS = {
  none: [],
  one: ['a'],
  nested: ['a', 'deep.b', { 'conf.json': ['rate'] }],
  whole: [{ 'conf.json': null }],
};
const FLAGS = { file: {}, folder: {}, plain: { cache: false }, persist: { persist: true } };

/** JSON is YAML as well. */
function pipelineOf(drafts: readonly StageDraft[], edited?: number): string {
  const stages = drafts.map((draft, index) => {
    const before = drafts[index - 1];
    const chained = draft.isChained && before && before.out !== 'none' ? [`out${index - 1}`] : [];
    const deps = [...draft.sources.map(source => `in${source}`), ...chained];
    const target = draft.out === 'folder' ? `out${index}/x` : `out${index}`;
    const make = draft.out === 'none' ? 'true' : `echo ${index} > ${target}`;
    const cmd = `${draft.out === 'folder' ? `mkdir -p out${index} && ` : ''}${make}`;
    const outs = draft.out === 'none' ? [] : [{ [`out${index}`]: FLAGS[draft.out] }];
    const mark = draft.mark === 'none' ? {} : { [draft.mark]: true };
    const stage = {
      cmd: edited === index ? `${cmd} # edited` : cmd,
      deps,
      params: PARAMS[draft.params],
      outs,
    };
    return [`s${index}`, { ...stage, ...mark }];
  });
  return JSON.stringify({ stages: Object.fromEntries(stages) });
}

const CHANGES = [
  'source',
  'lost source',
  'output',
  'file in an output',
  'lost output',
  'parameter',
  'spelling of a parameter',
  'lost parameter',
  'lost params file',
  'command',
  'lost lock',
  'lost cache',
] as const;
const change = fc.record({
  kind: fc.constantFrom(...CHANGES),
  at: fc.nat(3),
  text: fc.constantFrom('1', '2'),
});

function apply(
  { kind, at, text }: { readonly kind: (typeof CHANGES)[number]; readonly at: number; readonly text: string },
  drafts: readonly StageDraft[],
): void {
  const out = `out${at % drafts.length}`;
  const isFolder = drafts[at % drafts.length]?.out === 'folder';
  const changes: Readonly<Record<(typeof CHANGES)[number], () => void>> = {
    source: () => write(`in${at % 3}`, text),
    'lost source': () => erase(`in${at % 3}`),
    output: () => {
      erase(out);
      write(isFolder ? `${out}/x` : out, `${text}\n`);
    },
    'file in an output': () => isFolder && write(`${out}/new`, text),
    'lost output': () => erase(out),
    parameter: () => write('params.yaml', `a: ${text}\ndeep: {b: x}\n`),
    'spelling of a parameter': () => write('params.yaml', `a: ${text}.0\ndeep: {b: x}\n`),
    'lost parameter': () =>
      text === '1' ? write('conf.json', '{"rate": 1, "more": 1}') : write('params.yaml', 'deep: {b: x}\n'),
    'lost params file': () => erase('conf.json'),
    command: () => write('dvc.yaml', pipelineOf(drafts, at % drafts.length)),
    'lost lock': () => erase('dvc.lock'),
    'lost cache': () => erase('.dvc/cache'),
  };
  changes[kind]();
}

it('a stage is stale to both or to neither', async () => {
  const drafts = fc.array(stageDraft, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      drafts,
      fc.boolean(),
      fc.array(change, { maxLength: 4 }),
      async (stages, ran, changes) => {
        for (const name of [
          'dvc.yaml',
          'dvc.lock',
          '.dvc',
          'in0',
          'in1',
          'in2',
          'out0',
          'out1',
          'out2',
          'out3',
        ])
          erase(name);
        write('.dvc/config', '[core]\n    no_scm = true\n');
        for (const source of [0, 1, 2]) write(`in${source}`, `${source}`);
        write('params.yaml', 'a: 1\ndeep: {b: x}\n');
        write('conf.json', '{"rate": 1, "old": null}');
        write('dvc.yaml', pipelineOf(stages));
        if (ran) await repro({ dry: false });
        for (const one of changes) apply(one, stages);
        const { stale, onlyLost } = await status();
        const wouldRun = await repro({ dry: true });
        // What only the cache lost is stored again by repro, and not run.
        const expected = [...stale].filter(name => !onlyLost.has(name) || wouldRun.has(name));
        expect([...wouldRun].toSorted()).toEqual(expected.toSorted());
      },
    ),
    { numRuns: 60 },
  );
});
