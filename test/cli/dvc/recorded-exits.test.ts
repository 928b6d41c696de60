// Exit codes of status, data status, diff, ls and gc as DVC 3.67.1 gave them (test/fixtures/dvc/status).
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildRecorded, readRecorded } from '../../support/recorded-repository.ts';

const launcher = join(import.meta.dirname, '../../../actions/cli/mainline.js');
const asked = [
  'data_clean',
  'data_ignored',
  'data_modified_file',
  'data_without_git',
  'data_below_git_root',
  'pipeline_clean',
];
const built: string[] = [];
afterAll(() => {
  for (const folder of built) rmSync(folder, { recursive: true, force: true });
});

function run(words: readonly string[], folder: string): Promise<number> {
  const env = { PATH: process.env.PATH, HOME: folder };
  return new Promise(resolve => {
    execFile(process.execPath, [launcher, 'dvc', ...words], { cwd: folder, env }, error =>
      resolve(error ? Number(error.code) : 0),
    ).stdin?.end();
  });
}

const states = readRecorded()
  .filter(({ name }) => asked.includes(name))
  .flatMap(scenario =>
    scenario.states.map((state, index) => ({ scenario, state, title: `${scenario.name} ${index + 1}` })),
  );

it.each(states)('commands end as DVC ends them: $title', async ({ scenario, state }) => {
  const root = buildRecorded(scenario, state);
  built.push(root);
  const runs = state.runs.filter(({ words, exit }) => exit !== 0 || words.includes('-q'));
  const found = await Promise.all(
    runs.map(async ({ words, folder }) => ({ words, exit: await run(words, join(root, folder ?? '.')) })),
  );
  expect(found).toEqual(runs.map(({ words, exit }) => ({ words, exit })));
});

it('gc without a choice of what to keep, or without somebody to ask, removes nothing', async () => {
  const scenario = readRecorded().find(({ name }) => name === 'data_two_commits');
  const state = scenario?.states.find(({ collections }) => collections);
  if (!scenario || !state?.collections) throw new Error('not recorded');
  const root = buildRecorded(scenario, state);
  built.push(root);
  const refused = state.collections.filter(({ exit, words }) => exit !== 0 || words.includes('--dry'));
  const exits = await Promise.all(refused.map(({ words }) => run(['gc', ...words], root)));
  expect(exits).toEqual(refused.map(({ exit }) => exit));
});
