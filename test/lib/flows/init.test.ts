import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { init } from '#lib/flows/init.ts';
import { workflowProblems } from '../../support/workflow-rules.ts';
import { openWorkspace } from '../../support/workspace.ts';

const from = `acme/mainline@${'0123456789'.repeat(4)}`;
const options = { version: '1.2.3', from, owner: '@acme/platform' };

async function create() {
  const workspace = openWorkspace(await mkdtemp(join(tmpdir(), 'a new repository ')));
  workspace.git('init', '--quiet', '--initial-branch=main');
  return workspace;
}

it('writes workflows that keep every rule, with actions by commit and no build of them', async () => {
  const workspace = await create();
  const { written, grants } = await init({ directory: workspace.root, ...options });
  const names = await readdir(workspace.path('.github/workflows'));
  expect(names).toContain('mainline-propose.yml');
  for (const name of names) {
    const text = await workspace.read(`.github/workflows/${name}`);
    expect(parseDocument(text).errors).toEqual([]);
    expect(text).not.toMatch(/uses: \.\//u);
    expect(text).not.toContain('actions/build');
    expect(workflowProblems(text)).toEqual([]);
    // Stages run on the Node that everything is tested with, the one that builds our own actions.
    const build = await readFile(
      join(import.meta.dirname, '../../../.github/actions/build/action.yml'),
      'utf8',
    );
    const [setup = ''] = /actions\/setup-node@.*/u.exec(build) ?? [];
    for (const job of text.split(/^ {2}(?=[\w-]+:\n)/mu)) {
      expect(job.includes(`${setup}\n        with:\n          node-version: 24`)).toBe(
        /actions\/setup@/u.test(job),
      );
    }
  }
  expect(await workspace.read('.github/workflows/mainline-verify.yml')).toContain(
    'workflows: [mainline-propose]',
  );
  expect(await workspace.read('.github/workflows/mainline-verify.yml')).toContain(
    `uses: acme/mainline/actions/verify@${'0123456789'.repeat(4)}`,
  );
  expect(await workspace.read('.gitignore')).toBe('/.mainline/\n/.dvc/cache/\n');
  expect(written).toContain('.github/CODEOWNERS');
  expect(grants).toContainEqual({
    workflow: 'verify',
    permission: 'pull-requests: write',
    why: 'to write the comment',
  });
  expect(grants.every(({ why }) => why.length > 5)).toBe(true);
});

it('overwrites nothing, and adds to .gitignore what is missing', async () => {
  const workspace = await create();
  await workspace.write('.github/CODEOWNERS', '* @acme/own\n');
  await workspace.write('.gitignore', 'node_modules\n/.mainline/');
  await workspace.write('.github/workflows/mainline-propose.yml', 'mine\n');
  const { written, kept } = await init({ directory: workspace.root, ...options });
  expect(await workspace.read('.github/CODEOWNERS')).toBe('* @acme/own\n');
  expect(await workspace.read('.github/workflows/mainline-propose.yml')).toBe('mine\n');
  expect(await workspace.read('.gitignore')).toBe('node_modules\n/.mainline/\n/.dvc/cache/\n');
  expect(kept).toContain('.github/workflows/mainline-propose.yml');
  expect(written).toContain('.github/workflows/mainline-verify.yml');
  const again = await init({ directory: workspace.root, ...options });
  expect(again.written).toEqual([]);
});

it.each([
  [{ from: 'acme/mainline@v1' }, /pinned source/u],
  [{ from: 'acme/mainline' }, /pinned source/u],
  [{ owner: 'acme' }, /no owner/u],
  [{ owner: '@acme/x\n* @mallory' }, /no owner/u],
])('refuses %o', async (change, message) => {
  const workspace = await create();
  await expect(init({ directory: workspace.root, ...options, ...change })).rejects.toThrow(message);
  expect(existsSync(workspace.path('.github'))).toBe(false);
});

it('refuses a folder that is no repository', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'no repository '));
  await expect(init({ directory, ...options })).rejects.toThrow('top of a git repository');
});
