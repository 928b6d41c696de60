// What is remembered about contracts lies in the repository, where git must not see it, whatever its .gitignore says.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a folder that git ignores. Where nothing may be written, nothing is remembered. */
export function ignoreFolder(folder: string): void {
  const file = join(folder, '.gitignore');
  try {
    if (existsSync(file)) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, '*\n');
  } catch {
    // The partials take care of themselves.
  }
}
