// The worked examples as a newcomer meets them: a fresh copy, proposed, must reproduce exactly what is committed.
import { cp, mkdtemp, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { proposalSchema } from '#lib/registry/proposal.ts';
import { type Ended, openWorkspace, type Workspace } from './support/workspace.ts';

const repository = join(import.meta.dirname, '..');
/** What a clone does not have. */
const LOCAL =
  /^(node_modules|\.git|\.mainline|\.dvc\/(cache|tmp)|pipelines\/[^/]+\/(algorithms|train\.csv|test\.csv|model\.onnx))(\/|$)/;

describe('the examples in a fresh copy', () => {
  let workspace: Workspace;
  let ended: Ended;

  beforeAll(async () => {
    const root = join(await realpath(await mkdtemp(join(tmpdir(), 'fresh '))), 'a clone');
    await cp(repository, root, {
      recursive: true,
      filter: source => !LOCAL.test(relative(repository, source)),
    });
    await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
    workspace = openWorkspace(root);
    workspace.git('init', '--quiet', '--initial-branch=main');
    workspace.git('add', '--all', '--', ':!node_modules');
    workspace.git('commit', '--quiet', '-m', 'as committed');
    const launcher = workspace.path('actions/cli/mainline.js');
    ended = await workspace.mainline(['propose', '--json'], { launcher });
  });

  it('stand, each with a backup', () => {
    const proposals = proposalSchema.array().parse(JSON.parse(ended.stdout));
    expect(proposals.map(({ model, verdict }) => [model.metadata.name, verdict.slo_compliant])).toEqual([
      ['credit-default', true],
      ['delivery-time', true],
    ]);
    for (const { evidence } of proposals) expect(evidence?.selection?.backup).not.toBeNull();
    expect(ended.code).toBe(0);
  });

  it('give the very bytes that are committed: locks, metrics, cards', () => {
    expect(workspace.git('status', '--porcelain', '--', ':!node_modules')).toBe('');
  });
});
