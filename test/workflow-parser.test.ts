// GitHub's own parser reads every workflow and action, those that `mainline init` writes among them.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { init } from '#lib/flows/init.ts';
import { type GitHubParser, openGitHubParser } from './support/workflow-parser.ts';

const root = join(import.meta.dirname, '..');
const workflows = globSync('.github/workflows/*.{yml,yaml}', { cwd: root });
const actions = globSync(['actions/*/action.yml', '.github/actions/*/action.yml'], { cwd: root });

let parser: GitHubParser;
let shop: string;
beforeAll(async () => {
  parser = await openGitHubParser();
  shop = await mkdtemp(join(tmpdir(), 'shop-'));
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', shop]);
});
afterAll(() => rm(shop, { recursive: true }));

const errorsOf = (folder: string, file: string) =>
  parser.findWorkflowErrors(file, readFileSync(join(folder, file), 'utf8'));

test.each(workflows)('%s is a workflow to GitHub', async file => {
  expect(await errorsOf(root, file)).toEqual([]);
});

test('every workflow that init writes is one to GitHub', async () => {
  const from = `acme/mainline@${'0123456789'.repeat(4)}`;
  const { written } = await init({ directory: shop, from, version: '1.2.3', owner: '@acme/platform' });
  const files = written.filter(file => file.endsWith('.yml'));
  expect(files).toContain('.github/workflows/mainline-propose.yml');
  const errors = await Promise.all(files.map(file => errorsOf(shop, file)));
  expect(errors.flat()).toEqual([]);
});

test.each(actions)('%s is an action to GitHub', file => {
  expect(parser.findActionErrors(file, readFileSync(join(root, file), 'utf8'))).toEqual([]);
});

const sound = `on: pull_request
permissions: {}
jobs:
  first:
    runs-on: ubuntu-latest
    outputs: { made: "\${{ steps.make.outputs.made }}" }
    steps:
      - id: make
        if: github.event.pull_request.draft == false
        run: echo
  second:
    needs: first
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: echo
`;

test('a sound workflow has no error', async () => {
  expect(await parser.findWorkflowErrors('sound.yml', sound)).toEqual([]);
});

describe('it would be seen:', () => {
  test.each([
    ['an unknown key', 'timeout-minutes', 'timeout-minuts', "Unexpected value 'timeout-minuts'"],
    ['a broken expression', 'draft == false', 'draft = = false', 'Unexpected symbol'],
    ['a context that is not there', 'github.event', 'gihtub.event', "Unrecognized named-value: 'gihtub'"],
    ['a job that waits for none', 'needs: first', 'needs: frist', "depends on unknown job 'frist'"],
    ['a circle of jobs', 'first:\n', 'first:\n    needs: second\n', 'at least one job with no dependencies'],
    ['an event of no such name', 'on: pull_request', 'on: pull_requests', "Unexpected value 'pull_requests'"],
    ['a right of no such name', '{}', '{ content: read }', "Unexpected value 'content'"],
    [
      'a job without a runner',
      '    runs-on: ubuntu-latest\n    timeout',
      '    timeout',
      'Required property is missing: runs-on',
    ],
  ])('%s', async (_, from, to, message) => {
    expect(sound).toContain(from);
    const errors = await parser.findWorkflowErrors('broken.yml', sound.replace(from, to));
    expect(errors.join('\n')).toContain(message);
  });

  test('an action for a runtime that no runner has', () => {
    const text = readFileSync(join(root, 'actions/verify/action.yml'), 'utf8');
    expect(text).toContain('using: node24');
    const errors = parser.findActionErrors('action.yml', text.replace('using: node24', 'using: node25'));
    expect(errors.join('\n')).toContain('node25');
  });
});
