// mainline dvc root: the way from a folder to the top of its DVC repository.
import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { requireDvcRoot } from '#lib/dvc/repository/find-root.ts';

/** `.` at the top. @throws ConfigurationError with DVC's exit code 253 outside of any repository. */
export function relativeRoot(directory: string): string {
  const folder = realpathSync(directory);
  return relative(folder, requireDvcRoot(folder)) || '.';
}
