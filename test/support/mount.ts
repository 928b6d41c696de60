// Other file systems for a test: only root may mount, and for everybody else the test is left out.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { onTestFinished, type TestContext } from 'vitest';

/** @param words of `mount`, without the folder, which is made */
export function mountAt(context: Pick<TestContext, 'skip'>, folder: string, words: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', [...words, folder], { stdio: 'ignore' });
  } catch {
    context.skip('only root may mount');
  }
  onTestFinished(() => void execFileSync('umount', [folder]));
}
