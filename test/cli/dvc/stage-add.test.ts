// The steps that test/fixtures/dvc/stage-add/make.py took with DVC 3.67.1, taken with ours: the same bytes after each.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import recorded from '../../fixtures/dvc/stage-add/stage-add.json' with { type: 'json' };
import { launch } from './launch.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stage-add-'));
  execFileSync('git', ['init', '-q'], { cwd: folder });
  mkdirSync(join(folder, 'sub'));
  mkdirSync(join(folder, '.dvc'));
  writeFileSync(join(folder, '.dvc/config'), '');
});

it.each(recorded.steps.map((step, index) => ({ ...step, index })))(
  'step $index of stage add ends as it does with DVC 3.67.1: $words',
  async ({ text, words, code, files }) => {
    if (text !== null) writeFileSync(join(folder, 'dvc.yaml'), text);
    const answer = await launch(['stage', 'add', ...words], folder);
    expect(answer.code, answer.err).toBe(code);
    const names = ['dvc.yaml', '.gitignore', 'sub/.gitignore'].filter(name => existsSync(join(folder, name)));
    const found = Object.fromEntries(names.map(name => [name, readFileSync(join(folder, name), 'utf8')]));
    expect(found).toEqual(files);
  },
);
