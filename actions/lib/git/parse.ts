// What git prints, as data. All of it with NUL between the parts, since a path may hold anything else.
import { compareText } from '#lib/documents/canonical.ts';
import type { Change, Commit, TreeFile } from '#lib/git/repository.ts';

/** Nine fields a commit, NUL between all of them: no name or message can hold one. */
export const COMMIT_FORMAT = '--format=tformat:%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B';
const FIELDS = 9;

/** Of `git log -z` with COMMIT_FORMAT. */
export function parseCommits(text: string): readonly Commit[] {
  const fields = text.split('\0');
  return Array.from({ length: Math.floor(fields.length / FIELDS) }, (_, i) => {
    const [id = '', parents = '', an = '', ae = '', at = '', cn = '', ce = '', ct = '', message = ''] =
      fields.slice(i * FIELDS, (i + 1) * FIELDS);
    return {
      id,
      parents: parents.split(' ').filter(Boolean),
      author: { name: an, email: ae, at },
      committer: { name: cn, email: ce, at: ct },
      message: message.trimEnd(),
    };
  });
}

/** Of `git ls-tree -r -z`. */
export function parseTree(bytes: Buffer): readonly TreeFile[] {
  return bytes
    .toString()
    .split('\0')
    .flatMap(line => {
      const [, mode, id, path] = /^(\d{6}) \w+ ([0-9a-f]+)\t(.+)$/su.exec(line) ?? [];
      return mode && id && path ? [{ id, path, mode }] : [];
    })
    .sort((a, b) => compareText(a.path, b.path));
}

/** Of `git cat-file --batch`: a head line, the bytes, a line end. */
export function parseBatch(bytes: Buffer): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) break;
    const [id = '', kind, size] = bytes.toString('utf8', at, end).split(' ');
    at = end + 1;
    if (kind === 'missing' || size === undefined) continue;
    const length = Number(size);
    if (kind === 'blob') found.set(id, bytes.subarray(at, at + length));
    at += length + 1;
  }
  return found;
}

const STATUS = { A: 'added', M: 'modified', T: 'modified', D: 'removed', R: 'renamed', C: 'added' } as const;

/** Of `git diff-tree -z --name-status`. */
export function parseChanges(text: string): readonly Change[] {
  const parts = text.split('\0');
  const changes: Change[] = [];
  for (let i = 0; i + 1 < parts.length; ) {
    const letter = (parts[i] ?? '').charAt(0) as keyof typeof STATUS;
    const hasTwo = letter === 'R' || letter === 'C';
    const path = parts[i + (hasTwo ? 2 : 1)] ?? '';
    const previousPath = letter === 'R' ? parts[i + 1] : undefined;
    changes.push({
      path,
      ...(previousPath === undefined ? {} : { previousPath }),
      status: STATUS[letter] ?? 'modified',
    });
    i += hasTwo ? 3 : 2;
  }
  return changes.sort((a, b) => compareText(a.path, b.path));
}
