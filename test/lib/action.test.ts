// The one catch and the one report of every action, in a process of its own, since it ends one.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCommand, readPairs } from '../support/runner-protocol.ts';

const lib = join(import.meta.dirname, '..', '..', 'actions', 'lib');

/** Runs an action with one secret input and the given body of `run`. */
async function act(body: string, env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'action-'));
  const file = (name: string): string => join(folder, name);
  await writeFile(
    file('main.ts'),
    `import { runAction } from '${lib}/action.ts';
import { ConfigurationError, ConfigurationErrors } from '${lib}/errors.ts';
import { z } from '${lib}/../../node_modules/zod/index.js';
await runAction({
  inputs: z.strictObject({ token: z.string(), size: z.enum(['small', 'large']).default('small') }),
  outputs: { a: 'a' },
  secrets: ['token'],
  run: async (inputs, context) => { ${body} },
});
`,
  );
  for (const name of ['output', 'summary']) await writeFile(file(name), '');
  const ended = await new Promise<{ readonly code: number; readonly text: string }>(resolve => {
    const variables = {
      ...{
        PATH: process.env.PATH,
        GITHUB_WORKSPACE: folder,
        RUNNER_TEMP: folder,
        INPUT_TOKEN: 's3cret-token',
      },
      ...{ GITHUB_OUTPUT: file('output'), GITHUB_STEP_SUMMARY: file('summary'), ...env },
    };
    execFile(process.execPath, [file('main.ts')], { cwd: folder, env: variables }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: `${stdout}${stderr}` }),
    );
  });
  const lines = ended.text.split('\n');
  return {
    ...{ folder, code: ended.code, text: ended.text, commands: lines.flatMap(readCommand) },
    outputs: readPairs(await readFile(file('output'), 'utf8')),
    summary: await readFile(file('summary'), 'utf8'),
  };
}

test('what the user can mend names file, line and remedy, each mistake by itself', async () => {
  const { code, commands, folder } = await act(`throw new ConfigurationErrors([
    new ConfigurationError('one', { at: { file: context.workspace + '/a/b.yaml', line: 3, column: 5 }, remedy: 'do this' }),
    new ConfigurationError('two', { at: { file: 'c.yaml' } }),
  ]);`);
  expect(code).toBe(1);
  expect(folder).not.toBe('');
  expect(commands.slice(1)).toEqual([
    { name: 'error', properties: { file: 'a/b.yaml', line: '3', col: '5' }, message: 'one\n-> do this' },
    { name: 'error', properties: { file: 'c.yaml' }, message: 'two' },
  ]);
});

test('our own bug asks to be reported, with its stack', async () => {
  const { code, commands } = await act(`throw new TypeError('oops');`);
  expect(code).toBe(1);
  expect(commands.at(-1)?.message).toMatch(
    /^This is a bug in mainline\..*\nTypeError: oops\n +at .*main\.ts/su,
  );
});

test('what the machine refuses is no bug', async () => {
  const { commands } = await act(
    `await (await import('node:fs/promises')).readFile('main.ts/a'); return { outputs: { a: '' } };`,
  );
  expect(commands.at(-1)?.message).toContain('a part of this path is a file, where a folder is needed');
});

test('a secret is masked first of all, and is in nothing that this writes', async () => {
  const { text, outputs, summary, commands } = await act(`context.say('log ' + inputs.token);
return { outputs: { a: 'x ' + inputs.token }, summary: '# ' + inputs.token, failure: 'no ' + inputs.token,
  annotations: [{ level: 'warning', message: 'note ' + inputs.token }] };`);
  expect(commands[0]).toEqual({ name: 'add-mask', properties: {}, message: 's3cret-token' });
  expect(text.split('s3cret-token')).toHaveLength(2);
  expect(text).toContain('log ***');
  expect(outputs).toEqual({ a: 'x ***' });
  expect(summary).toBe('# ***');
});

test('what it starts inherits no input and no token of the runner', async () => {
  const { text } = await act(
    `context.say(Object.keys(process.env).filter(name => /^(INPUT|ACTIONS)_/.test(name)).join() || 'none');
return { outputs: { a: '' } };`,
    { ACTIONS_RUNTIME_TOKEN: 'a', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'b' },
  );
  expect(text).toContain('\nnone\n');
});

test('a page that is too large is cut between two lines before the runner drops all of it', async () => {
  const { summary } = await act(
    `return { outputs: { a: '' }, summary: 'é'.repeat(99).concat('\\n').repeat(9000) };`,
  );
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  expect(Buffer.byteLength(summary)).toBeGreaterThan(1024 * 1024 - 400);
  const lines = summary.split('\n');
  expect(lines.at(-2)).toBe('(cut here: the rest is in the artifact)');
  expect(lines.slice(0, -3).every(line => line === 'é'.repeat(99))).toBe(true);
});

test('as many annotations as the runner shows, and how many more there are', async () => {
  const { commands } = await act(`const annotations = Array.from({ length: 12 }, (_, i) => (
    { level: 'failure', message: 'check ' + i }));
return { outputs: { a: '' }, annotations: [...annotations, { level: 'notice', message: 'n' }] };`);
  const errors = commands.filter(({ name }) => name === 'error').map(({ message }) => message);
  expect(errors).toHaveLength(10);
  expect(errors.at(-2)).toBe('check 8');
  expect(errors.at(-1)).toBe('3 more: see the summary of this job');
  expect(commands.at(-1)).toMatchObject({ name: 'notice', message: 'n' });
});

test('outside of a job, and with an event that is none, it says so', async () => {
  const outside = await act(`return { outputs: { a: '' } };`, { RUNNER_TEMP: '' });
  expect(outside.commands.at(-1)?.message).toContain(
    'This runs as a step of a workflow; not set or not valid: RUNNER_TEMP',
  );
  const broken = await act(`return { outputs: { a: '' } };`, { GITHUB_EVENT_PATH: '/nowhere.json' });
  expect(broken.commands.at(-1)).toMatchObject({
    properties: { file: expect.stringContaining('nowhere.json') },
  });
  const input = await act(`return { outputs: { a: '' } };`, { INPUT_SIZE: 'lareg' });
  expect(input.commands.at(-1)?.message).toMatch(/^The input size: .*\n-> Did you mean "large"\?$/u);
});
