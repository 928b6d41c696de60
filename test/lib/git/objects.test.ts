// One contract for both ways to a repository's objects; git itself is the oracle.
import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openIsomorphicObjects } from '#lib/git/isomorphic-objects.ts';
import type { GitObjects } from '#lib/git/objects.ts';
import { openRepository } from '#lib/git/open-repository.ts';

const ways: readonly (readonly [string, (directory: string) => Promise<GitObjects>])[] = [
  ['git', openRepository],
  ['isomorphic-git', async directory => openIsomorphicObjects(directory)],
];
const author = { name: 'Ada Ö', email: 'ada@example.org', at: '2026-03-01T10:00:00+02:00' };

async function make(): Promise<{ directory: string; git: (...args: string[]) => string }> {
  const directory = join(await mkdtemp(join(tmpdir(), 'objects ')), 'shop.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', directory]);
  const git = (...args: string[]): string =>
    execFileSync('git', [`--git-dir=${directory}`, '-c', 'core.quotePath=false', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  return { directory, git };
}

describe.each(ways)('%s', (_, openObjects) => {
  it('writes commits that git reads, with the author, the zone and the message', async () => {
    const { directory, git } = await make();
    const objects = await openObjects(directory);
    const files = new Map<string, string | Uint8Array>([
      ['a.txt', 'a\n'],
      ['deep/er/ü "x".txt', 'x\n'],
      ['bytes.bin', Uint8Array.of(0, 255, 10, 13)],
    ]);
    const id = await objects.commitFiles(undefined, files, { message: 'first\n\nwhy', author });
    expect(git('log', '-1', '--format=%an|%ae|%aI|%s|%b', id)).toBe(
      'Ada Ö|ada@example.org|2026-03-01T10:00:00+02:00|first|why',
    );
    expect(git('ls-tree', '-r', '--name-only', '-z', id).split('\0').filter(Boolean).sort()).toEqual(
      [...files.keys()].sort(),
    );
    expect(git('fsck', '--strict')).not.toContain('error');
    expect(Buffer.from((await objects.readFile(id, 'bytes.bin')) ?? [])).toEqual(
      Buffer.from([0, 255, 10, 13]),
    );
  });

  it('reads what git has packed: files, links, modes, tags, names that are not there', async () => {
    const { directory, git } = await make();
    const objects = await openObjects(directory);
    const blob = execFileSync('git', [`--git-dir=${directory}`, 'hash-object', '-w', '--stdin'], {
      input: 'target',
      encoding: 'utf8',
    }).trim();
    const index = { env: { ...process.env, GIT_INDEX_FILE: join(directory, 'scratch') } };
    for (const mode of ['100644', '100755', '120000']) {
      execFileSync(
        'git',
        [`--git-dir=${directory}`, 'update-index', '--add', '--cacheinfo', `${mode},${blob},m/${mode}`],
        index,
      );
    }
    const tree = execFileSync('git', [`--git-dir=${directory}`, 'write-tree'], {
      ...index,
      encoding: 'utf8',
    }).trim();
    const commit = await objects.commitTree(tree, [], { message: 'modes', author });
    git('update-ref', 'refs/heads/main', commit);
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m', 't', 'v1', 'main');
    git('pack-refs', '--all');
    git('gc', '--quiet');
    const reopened = await openObjects(directory);
    expect(await reopened.listFiles('main', 'm')).toEqual(
      ['100644', '100755', '120000'].map(mode => ({ path: `m/${mode}`, id: blob, mode })),
    );
    expect(await reopened.resolve('refs/tags/v1')).toBe(commit);
    expect(await reopened.resolve('refs/heads/nothing')).toBeUndefined();
    expect((await reopened.refs('refs/heads/')).map(({ name }) => name)).toEqual(['refs/heads/main']);
    expect(await reopened.readFile('main', 'nothing')).toBeUndefined();
    expect([...(await reopened.readBlobs([blob, '0'.repeat(40), blob])).keys()]).toEqual([blob]);
    await expect(reopened.listFiles('0'.repeat(40), '')).rejects.toThrow();
  });

  it('moves a ref only from where we believe it to stand, and not under another one’s lock', async () => {
    const { directory, git } = await make();
    const objects = await openObjects(directory);
    const commit = (text: string, parent?: string): Promise<string> =>
      objects.commitFiles(parent, new Map([['a', text]]), { message: text, author });
    const first = await commit('1');
    const second = await commit('2', first);
    const ref = 'refs/heads/mainline/state';
    expect(await objects.updateRef(ref, second, first)).toBe(false);
    expect(await objects.updateRef(ref, first, undefined)).toBe(true);
    expect(await objects.updateRef(ref, second, undefined)).toBe(false);
    git('pack-refs', '--all');
    expect(await objects.updateRef(ref, second, first)).toBe(true);
    expect(git('rev-parse', ref)).toBe(second);
    await writeFile(join(directory, `${ref}.lock`), '');
    const moved = await objects.updateRef(ref, first, second).catch(() => false);
    expect(moved).toBe(false);
    expect(git('rev-parse', ref)).toBe(second);
  });
});

it('the same edits give the same commits, whichever way they are written', async () => {
  const name = fc.constantFrom('a', 'b', 'c.txt', 'd-e', 'd', 'ü');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'));
  const edit = fc.array(fc.tuple(path, fc.option(fc.string(), { nil: null })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async edits => {
      const { directory } = await make();
      const [byGit, byUs] = [await openRepository(directory), openIsomorphicObjects(directory)];
      let parent: string | undefined;
      const present = new Set<string>();
      for (const changes of edits) {
        const files = new Map<string, string | null>();
        for (const [file, text] of changes) {
          // A file cannot be a folder of another one: such an edit is no edit.
          const paths = [...present, ...files.keys()];
          if (paths.some(other => other.startsWith(`${file}/`) || file.startsWith(`${other}/`))) continue;
          if (text === null && !present.has(file)) continue;
          files.set(file, text);
        }
        if (files.size === 0) continue;
        for (const [file, text] of files) text === null ? present.delete(file) : present.add(file);
        const note = { message: 'edit', author };
        const ids = [
          await byGit.commitFiles(parent, files, note),
          await byUs.commitFiles(parent, files, note),
        ];
        expect(ids[1]).toBe(ids[0]);
        parent = ids[0];
        expect(await byUs.listFiles(parent ?? '', '')).toEqual(await byGit.listFiles(parent ?? '', ''));
      }
    }),
    { numRuns: 15 },
  );
});
