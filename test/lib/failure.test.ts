import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { describeFailure } from '#lib/failure.ts';
import { scanCsv } from '#lib/sql/csv-structure.ts';

const plain = { color: false, folder: '/home/ada/repository' };

it('what the user can fix reads as place, message and remedy, with the path as one would type it', () => {
  const error = new ConfigurationError('atMost must be a number', {
    at: { file: '/home/ada/repository/models/eta/model.yaml', line: 3, column: 7 },
    remedy: 'Correct the value.',
  });
  expect(describeFailure(error, plain)).toEqual({
    text: 'error models/eta/model.yaml:3:7 atMost must be a number\n  -> Correct the value.\n',
    exitCode: 2,
  });
});

it('the line of the file is shown once with a mark below the place, control characters visible and long lines cut', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shown '));
  const file = join(folder, 'dvc.yaml');
  await writeFile(file, `stages:\n\u001b\tcmd: a\n${'x'.repeat(300)}!${'y'.repeat(300)}\n`);
  const at = { file, line: 2, column: 3 };
  const both = new ConfigurationErrors([
    new ConfigurationError('A', { at, remedy: 'B' }),
    new ConfigurationError('C', { at }),
  ]);
  expect(describeFailure(both, { color: false, folder }).text).toBe(
    'error dvc.yaml:2:3 A\n  2 | \u241b\u2409cmd: a\n    |   ^\n  -> B\nerror dvc.yaml:2:3 C\n',
  );
  const long = new ConfigurationError('A', { at: { file, line: 3, column: 301 } });
  const [, line = '', mark = ''] = describeFailure(long, { color: false, folder }).text.split('\n');
  expect(line).toHaveLength(112);
  expect(line[mark.indexOf('^')]).toBe('!');
});

it('a line of another revision than the work tree, or one that is gone, is not shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shown '));
  const file = join(folder, 'dvc.yaml');
  await writeFile(file, 'stages:\n');
  const old = new ConfigurationError('A', { at: { file, line: 1, column: 1, revision: 'v1' } });
  expect(describeFailure(old, { color: false, folder }).text).toBe('error dvc.yaml:1:1 (v1) A\n');
  const gone = new ConfigurationError('A', { at: { file, line: 9, column: 1 } });
  expect(describeFailure(gone, { color: false, folder }).text).toBe('error dvc.yaml:9:1 A\n');
});

it('a line of data, which may be about people, is not shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shown '));
  const file = join(folder, 'people.csv');
  await writeFile(file, 'email\nada@example.org"\n');
  const failure = await scanCsv(file).catch((error: unknown) => error);
  expect(describeFailure(failure, { color: false, folder }).text).toMatch(
    /^error people\.csv:2:16 A double quote stands inside .*\n {2}-> .*\n$/u,
  );
});

it('a path that the sentence begins with is said once', () => {
  const error = new ConfigurationError('data/a.csv does not exist', {
    at: { file: '/home/ada/repository/data/a.csv' },
  });
  expect(describeFailure(error, plain).text).toBe('error data/a.csv does not exist\n');
});

it('what the operating system refuses is for the user to mend too', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'refused ')), 'file');
  await writeFile(file, '');
  const refused = await readdir(file).catch((error: unknown) => error);
  expect(describeFailure(refused, plain).exitCode).toBe(2);
  expect(describeFailure(refused, plain).text).toContain('a part of this path is a file');
  const full = Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC', path: '/data/x' });
  expect(describeFailure(full, plain).text).toBe(
    'error /data/x the disk is full\n  -> Free some space and run again.\n',
  );
});

it('work that a signal stopped is no bug', () => {
  expect(describeFailure('SIGTERM', plain)).toEqual({ text: 'stopped by SIGTERM\n', exitCode: 2 });
});

it('anything else is our bug and shows its stack', () => {
  const { text, exitCode } = describeFailure(new TypeError('x is not a function'), plain);
  expect(exitCode).toBe(70);
  expect(text).toContain('This is a bug in mainline.');
  expect(text).toContain('failure.test.ts');
});

it('control characters in a message do not reach the terminal', () => {
  const { text } = describeFailure(new ConfigurationError('a\u001b[31mb\u202e'), plain);
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u202e');
});

it('no line of a message is a command to the runner of GitHub', () => {
  const { text } = describeFailure(
    new ConfigurationError('a\n::error::b\n  ::c', { remedy: 'x\n\t::d' }),
    plain,
  );
  expect(text).toBe('error a ::error::b   ::c\n  -> x \t::d\n');
});
