import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
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
  expect(await workspace.read('.gitignore')).toBe('/.mainline/\n/.dvc/cache/\n/.dvc/tmp/\n');
  expect(written).toContain('.github/CODEOWNERS');
  const comment = { permission: 'pull-requests: write', why: 'to write the comment' };
  expect(grants.find(({ workflow, job }) => `${workflow} ${job}` === 'mainline-verify.yml report')).toEqual({
    ...{ workflow: 'mainline-verify.yml', job: 'report' },
    grants: expect.arrayContaining([comment]),
  });
  expect(grants).toContainEqual({ workflow: 'mainline-review.yml', job: 'tell', grants: [] });
  expect(grants.flatMap(one => one.grants).every(({ why }) => why.length > 5)).toBe(true);
});

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>;
}

const originals = join(import.meta.dirname, '../../../.github/workflows');
const labelOf = ({ name, uses, run }: Step): string =>
  name ?? uses?.replace(/^(?:\.|acme\/mainline)(?=\/actions)|@.*$/gu, '') ?? run ?? '';

it('a template has the steps of its original, each with the same keys, but for the build', async () => {
  const workspace = await create();
  const { grants } = await init({ directory: workspace.root, ...options });
  for (const file of await readdir(workspace.path('.github/workflows'))) {
    const template = parse(await workspace.read(`.github/workflows/${file}`)) as Workflow;
    const text = await readFile(join(originals, file.replace('mainline-', '')), 'utf8');
    const original = parse(text) as Workflow;
    expect(Object.keys(template.jobs)).toEqual(Object.keys(original.jobs));
    for (const [job, { steps, permissions = {} }] of Object.entries(original.jobs)) {
      const keysOf = (all: readonly Step[]): readonly string[] =>
        all
          .filter(step => !/^\.\/\.github|^actions\/setup-node/u.test(step.uses ?? ''))
          .map(step => `${labelOf(step)}: ${Object.keys(step).join(' ')}`);
      const written = template.jobs[job]?.steps ?? [];
      expect(keysOf(written), `${file} ${job}`).toEqual(keysOf(steps));
      for (const step of written.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
        expect(step, `${file} ${job}`).not.toHaveProperty('if');
      const shown = grants.find(one => one.workflow === file && one.job === job)?.grants;
      expect(shown?.map(({ permission }) => permission)).toEqual(
        Object.entries(permissions).map(([scope, access]) => `${scope}: ${access}`),
      );
    }
  }
});

it('comments of a template name the files that were written', async () => {
  const workspace = await create();
  await init({ directory: workspace.root, ...options });
  const files = await readdir(workspace.path('.github/workflows'));
  const texts = await Promise.all(files.map(file => workspace.read(`.github/workflows/${file}`)));
  const named = texts.flatMap(text => text.match(/[\w-]+\.yml\b/gu) ?? []);
  expect(named).toContain('mainline-verify.yml');
  expect(named.filter(name => !files.includes(name))).toEqual([]);
});

/** A copy of Mainline: sources on main, and bundles in a commit on top of it. */
async function createClone() {
  const clone = await create();
  await clone.write('README.md', 'sources\n');
  clone.git('add', '.');
  clone.git('commit', '--quiet', '--message', 'sources');
  const sources = clone.git('rev-parse', 'HEAD');
  await clone.write('actions/dist/verify.js', '// a bundle\n');
  clone.git('add', '.');
  clone.git('commit', '--quiet', '--message', 'a release');
  return { clone, sources, release: clone.git('rev-parse', 'HEAD') };
}

it('a commit without bundles is refused, with the newest release as remedy', async () => {
  const { clone, sources, release } = await createClone();
  const workspace = await create();
  const from = `acme/mainline@${sources}`;
  const given = { directory: workspace.root, ...options, from, clone: clone.root };
  await expect(init(given)).rejects.toThrow(/is no release: it has no bundles/u);
  await expect(init(given)).rejects.toMatchObject({
    remedy: expect.stringContaining('Before there is a rel'),
  });
  for (const tag of ['v0.9.0', 'v0.10.0', 'vision']) clone.git('tag', tag, release);
  await expect(init(given)).rejects.toMatchObject({ remedy: expect.stringContaining("'v0.10.0^{commit}'") });
  expect(existsSync(workspace.path('.github'))).toBe(false);
});

it('a release is labelled by its tag, and what no tag says is not verified', async () => {
  const { clone, release } = await createClone();
  const given = { ...options, from: `acme/mainline@${release}`, clone: clone.root };
  const untagged = await create();
  const unsure = await init({ directory: untagged.root, ...given });
  expect(unsure.doubt).toContain('no tag v* points at it');
  clone.git('tag', '--annotate', 'v0.7.1', '--message', 'a release', release);
  const tagged = await create();
  expect((await init({ directory: tagged.root, ...given })).doubt).toBeNull();
  expect(await tagged.read('.github/workflows/mainline-verify.yml')).toContain(
    `/actions/verify@${release} # v0.7.1\n`,
  );
});

it('a commit that this copy does not know is labelled as asked, and said to be not verified', async () => {
  const workspace = await create();
  const { clone } = await createClone();
  const { doubt } = await init({ directory: workspace.root, ...options, clone: clone.root });
  expect(doubt).toContain('not verified: this copy of Mainline does not know the commit 0123456789');
  expect(await workspace.read('.github/workflows/mainline-verify.yml')).toContain(' # v1.2.3\n');
});

it('a repository without main is refused; a branch beside main is not', async () => {
  const workspace = openWorkspace(await mkdtemp(join(tmpdir(), 'another branch ')));
  workspace.git('init', '--quiet', '--initial-branch=master');
  const given = { directory: workspace.root, ...options };
  await expect(init(given)).rejects.toThrow('branch main, and here it is master');
  await expect(init(given)).rejects.toMatchObject({ remedy: expect.stringContaining('git branch -m main') });
  workspace.git('commit', '--quiet', '--allow-empty', '--message', 'begin');
  await expect(init(given)).rejects.toThrow('here it is master');
  // origin's default branch decides, whatever branches there are.
  workspace.git('branch', 'main');
  workspace.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
  workspace.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
  await expect(init(given)).rejects.toThrow('here it is trunk');
  expect(existsSync(workspace.path('.github'))).toBe(false);
  workspace.git('symbolic-ref', '--delete', 'refs/remotes/origin/HEAD');
  workspace.git('switch', '--quiet', '--create', 'add-mainline');
  expect((await init(given)).written).toContain('.gitignore');
});

it('the command says what each job may do, what comes next, and that an @ is missing', async () => {
  const workspace = await create();
  const args = ['init', '--from', from, '--owner', '@acme/platform'];
  const { code, stdout } = await workspace.mainline(args);
  expect(code).toBe(0);
  expect(stdout).toContain('-> the jobs of mainline-review.yml may:\n   tell: nothing\n');
  expect(stdout).toContain('   report:\n     contents: read to check out the default branch');
  expect(stdout).toMatch(/-> not verified: this copy of Mainline/u);
  expect(stdout).toMatch(/MAINLINE_APP_CLIENT_ID .*: @acme\/platform is a team/u);
  const bare = await workspace.mainline(['init', '--from', from, '--owner', 'platform']);
  expect(bare.code).toBe(2);
  expect(bare.stderr).toMatch(/"platform" is no owner: the @ is missing[\s\S]*@organisation\/platform/u);
});

it('overwrites nothing, and adds to .gitignore what is missing', async () => {
  const workspace = await create();
  await workspace.write('.github/CODEOWNERS', '* @acme/own\n');
  await workspace.write('.gitignore', 'node_modules\n/.mainline/');
  await workspace.write('.github/workflows/mainline-propose.yml', 'mine\n');
  const { written, kept } = await init({ directory: workspace.root, ...options });
  expect(await workspace.read('.github/CODEOWNERS')).toBe('* @acme/own\n');
  expect(await workspace.read('.github/workflows/mainline-propose.yml')).toBe('mine\n');
  expect(await workspace.read('.gitignore')).toBe('node_modules\n/.mainline/\n/.dvc/cache/\n/.dvc/tmp/\n');
  expect(kept).toContain('.github/workflows/mainline-propose.yml');
  expect(written).toContain('.github/workflows/mainline-verify.yml');
  const again = await init({ directory: workspace.root, ...options });
  expect(again.written).toEqual([]);
});

it.each([
  [{ from: 'acme/mainline@v1' }, /pinned source/u],
  [{ from: 'acme/mainline' }, /pinned source/u],
  [{ owner: 'acme' }, /no owner: the @ is missing/u],
  [{ owner: 'acme/platform' }, /no owner: the @ is missing/u],
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

it('writes nothing through a link, nothing where a folder stands, and no line of .gitignore twice', async () => {
  const workspace = await create();
  const outside = await mkdtemp(join(tmpdir(), 'elsewhere '));
  await symlink(outside, workspace.path('.github'));
  await expect(init({ directory: workspace.root, ...options })).rejects.toThrow(
    '.github is no folder of its own',
  );
  expect(await readdir(outside)).toEqual([]);
  await rm(workspace.path('.github'));
  await mkdir(workspace.path('.gitignore'));
  await expect(init({ directory: workspace.root, ...options })).rejects.toThrow('.gitignore is no file');
  expect(await readdir(workspace.root)).not.toContain('models');
  await rm(workspace.path('.gitignore'), { recursive: true });
  await workspace.write('.gitignore', '/.mainline/\r\n/.dvc/cache/\r\n/.dvc/tmp/\r\n');
  await init({ directory: workspace.root, ...options });
  expect(await workspace.read('.gitignore')).toBe('/.mainline/\r\n/.dvc/cache/\r\n/.dvc/tmp/\r\n');
});

it('an owner of dots is none', async () => {
  const workspace = await create();
  await expect(init({ directory: workspace.root, ...options, owner: '@acme/..' })).rejects.toThrow(
    'is no owner',
  );
});
