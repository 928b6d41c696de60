import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { describeFailure } from '#lib/failure.ts';

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
