// The content of a repository as the stages need it: what links into the cache becomes a file that may be written.
import { existsSync } from 'node:fs';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { type Content, contentOf } from '#lib/dvc/run/content.ts';

export function openRunContent(repository: DvcRepository): Content {
  const mode = repository.config.cacheShared ? 0o664 : 0o666 & ~process.umask();
  return contentOf(repository, async path => {
    const { unprotectPath } = await import('#lib/dvc/work-tree/unprotect.ts');
    if (existsSync(path)) unprotectPath(path, mode);
  });
}
