// Every answer of DVC 3.67.1 that test/fixtures/dvc/metrics/make.py recorded, asked of us in the same repository.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parseJson } from '#lib/dvc/values/json-read.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import recorded from '../../fixtures/dvc/metrics/metrics.json' with { type: 'json' };
import { launch } from './launch.ts';

let folder: string;

function write(files: Readonly<Record<string, string | undefined>>, below: string): void {
  for (const [path, text = ''] of Object.entries(files)) {
    mkdirSync(dirname(join(below, path)), { recursive: true });
    writeFileSync(join(below, path), text);
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-'));
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], { cwd: folder });
  const [first, second, work] = recorded.steps;
  git('init', '-q', '-b', 'main');
  write(first ?? {}, folder);
  git('add', '.');
  git('commit', '-qm', '1');
  git('tag', 'v1');
  git('checkout', '-qb', 'feature');
  write(second ?? {}, folder);
  git('commit', '-qam', '2');
  write(work ?? {}, folder);
  write(recorded.cache, join(folder, '.dvc/cache'));
});

/** DVC's rows come in random order, and its ends of lines have spaces. */
const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trimEnd())
    .filter(Boolean)
    .sort();

/** Keys in one order; 1.0 is not 1. */
const canonical = (text: string): string => pythonJson(parseJson(text, 'answer.json'));

it.each(recorded.answers)('$command answers as DVC 3.67.1 does', async ({ command, code, out }) => {
  const answer = await launch(command.split(' '), folder);
  expect(answer.code, answer.err).toBe(code);
  if (command.endsWith('--json')) expect(canonical(answer.out)).toEqual(canonical(out));
  else expect(lines(answer.out)).toEqual(lines(out));
});
