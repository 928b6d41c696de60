// status and repro judge each stage alike, whatever was done to a repository since it ran.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { type Question, recallAnswer } from '#lib/flows/dvc/answer.ts';
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
/** What changed a moment ago counts as settled: a test waits until time stamps differ instead. */
const later = () => Date.now() + 60_000;
const options = () => ({ directory: root, env: {}, now: later });

/** With `dry` what would run, or could not even be told because something it needs is missing. */
async function repro({
  dry,
  question,
}: {
  readonly dry: boolean;
  readonly question?: Question | undefined;
}): Promise<ReadonlySet<string>> {
  const { stages } = await reproduceRepository({
    ...{ ...options(), question },
    ...{ targets: [], allPipelines: true, command: 'mainline dvc repro', dry, onError: 'ignore' },
    signal: new AbortController().signal,
    ...{ onEvent: () => {}, onWait: () => {}, onNote: () => {}, onRecovered: () => {} },
  });
  return new Set(stages.filter(({ status }) => status !== 'skipped').map(({ stage }) => stage));
}

/** Stages that differ, and those of them where nothing but the cache is short of something. */
async function status(question?: Question) {
  const { stages } = await statusOfRepository({ ...options(), targets: [], question });
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

function begin(stages: readonly StageDraft[]): void {
  for (const name of ['dvc.yaml', 'dvc.lock', '.dvc', '.dvcignore', 'sub']) erase(name);
  for (const index of [0, 1, 2, 3]) for (const name of [`in${index}`, `out${index}`]) erase(name);
  write('.dvc/config', '[core]\n    no_scm = true\n');
  for (const source of [0, 1, 2]) write(`in${source}`, `${source}`);
  write('params.yaml', 'a: 1\ndeep: {b: x}\n');
  write('conf.json', '{"rate": 1, "old": null}');
  write('dvc.yaml', pipelineOf(stages));
}

it('a stage is stale to both or to neither', async () => {
  const drafts = fc.array(stageDraft, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      drafts,
      fc.boolean(),
      fc.array(change, { maxLength: 4 }),
      async (stages, ran, changes) => {
        begin(stages);
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

/** What else decides: configuration, patterns, and files of DVC's that were not there. */
const SURROUNDINGS = {
  'more params': () => write('params.yaml', 'a: 1\ndeep: {b: x}\nmore: 1\n'),
  'another cache': () => write('.dvc/config.local', '[cache]\n    dir = elsewhere\n'),
  'the same cache': () => erase('.dvc/config.local'),
  'ignored file': () => write('.dvcignore', 'new\n'),
  'ignored output': () => write('.dvcignore', 'out0\n'),
  'nothing ignored': () => erase('.dvcignore'),
  'another pipeline': () => write('sub/dvc.yaml', 'stages: {more: {cmd: echo 1 > more, outs: [more]}}\n'),
  'a broken pipeline': () => write('sub/dvc.yaml', 'stages: 1\n'),
  'a repository inside': () => write('sub/.dvc/config', ''),
  'no repository inside': () => erase('sub/.dvc'),
  'a finished stage': () => write('.dvc/tmp/mainline/journal', '{"version":1,"locks":{}}\n'),
} as const;
const surrounding = fc.constantFrom(...(Object.keys(SURROUNDINGS) as (keyof typeof SURROUNDINGS)[]));

const ASKED = {
  status: { words: 'status', version: 'test' },
  repro: { words: 'repro --all-pipelines', version: 'test' },
} as const;
const untilStampsDiffer = () => new Promise(resolve => setTimeout(resolve, 12));

/** What cannot be read is as good as changed. */
async function attempt(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
  }
}

const listCache = () =>
  existsSync(join(root, '.dvc/cache'))
    ? readdirSync(join(root, '.dvc/cache'), { recursive: true }).toSorted()
    : [];

it('what is remembered is what would be found', async () => {
  const step = fc.oneof(change, surrounding, fc.constantFrom('run' as const, 'status' as const));
  const drafts = fc.array(stageDraft, { minLength: 1, maxLength: 3 });
  let recalled = 0;
  const compare = async (after: string) => {
    await untilStampsDiffer();
    if (recallAnswer({ ...options(), ...ASKED.status })) {
      recalled += 1;
      expect((await status()).stale, `status after ${after}`).toEqual(new Set());
    }
    if (recallAnswer({ ...options(), ...ASKED.repro })) {
      recalled += 1;
      const before = listCache();
      expect(await repro({ dry: false }), `repro after ${after}`).toEqual(new Set());
      expect(listCache(), `repro after ${after}`).toEqual(before);
    }
  };
  await fc.assert(
    fc.asyncProperty(drafts, fc.array(step, { maxLength: 5 }), async (stages, steps) => {
      begin(stages);
      for (const one of ['run' as const, 'status' as const, ...steps]) {
        if (typeof one === 'object') apply(one, stages);
        else if (one === 'status') await attempt(() => status(ASKED.status));
        else if (one !== 'run') SURROUNDINGS[one]();
        else
          for (const question of [undefined, ASKED.repro])
            await attempt(() => repro({ dry: false, question }));
        await compare(JSON.stringify(one));
      }
    }),
    { numRuns: 40 },
  );
  expect(recalled).toBeGreaterThan(40);
});
