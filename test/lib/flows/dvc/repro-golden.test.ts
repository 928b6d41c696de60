import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reproduceRepository } from '#lib/flows/dvc/repro.ts';

// after/ was written by `dvc repro -P` of DVC 3.67.1 in before/: two pipelines, a tracked folder, lists and lines of
// commands, foreach, wdir, a persisted output, metrics that git holds, a callback, an executable.
const FIXTURE = 'test/fixtures/dvc/repro';

function makeRepository(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'repro-golden-')));
  execFileSync('git', ['init', '--quiet', root]);
  cpSync(join(FIXTURE, 'before'), root, { recursive: true });
  renameSync(join(root, 'gitignore'), join(root, '.gitignore'));
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '');
  mkdirSync(join(root, 'sub/deep'), { recursive: true });
  return root;
}

it.each([1, 4])(
  'locks, cache, run-cache and .gitignore are those of DVC, with %i stages at a time',
  async jobs => {
    const root = makeRepository();
    const { errors } = await reproduceRepository({
      ...{ directory: root, env: {}, now: Date.now, targets: [], command: 'mainline dvc repro', jobs },
      ...{ allPipelines: true, signal: new AbortController().signal, onEvent: () => {} },
      ...{ onWait: () => {}, onNote: () => {}, onRecovered: () => {} },
    });
    expect(errors).toEqual([]);
    const expected = (name: string) => readFileSync(join(FIXTURE, 'after', name), 'utf8');
    const made = (name: string) => readFileSync(join(root, name), 'utf8');
    const lines = (text: string) => text.trim().split('\n').toSorted();
    for (const name of ['dvc.lock', 'sub/dvc.lock']) expect(made(name)).toBe(expected(name));
    for (const folder of ['', 'sub', 'sub/deep']) {
      const [own, theirs] = [made(join(folder, '.gitignore')), expected(join(folder, 'gitignore'))];
      if (jobs === 1) expect(own).toBe(theirs);
      else expect(lines(own)).toEqual(lines(theirs));
    }
    const cache = join(root, '.dvc/cache');
    const files = readdirSync(cache, { recursive: true, encoding: 'utf8' });
    const own = files.filter(name => statSync(join(cache, name)).isFile() && !name.startsWith('tmp'));
    expect(own.toSorted()).toEqual(lines(expected('cache.txt')));
  },
);
