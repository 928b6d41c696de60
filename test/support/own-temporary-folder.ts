// What tests and the programs they start leave behind goes with the run, whatever ended them.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before the first test of a run; gives what to do after the last. */
export function setup(): () => void {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mainline-test-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
