// Files of metrics and parameters that could not be read: the others are shown all the same, as DVC does, and these are
// named on standard error with what is wrong in them.
import { atRevision } from '#lib/errors.ts';
import { describeFailure } from '#lib/failure.ts';
import type { UnreadFile } from '#lib/flows/dvc/metrics.ts';
import { say } from '../say.ts';
import { detectTerminal } from '../terminal.ts';

/** Says each file once for every revision. */
export function sayUnread(failed: readonly UnreadFile[]): void {
  const { color } = detectTerminal(process.stderr, process.env);
  for (const { revision, path, type, msg, cause } of failed) {
    const isWorkTree = revision === '' || revision === 'workspace';
    if (cause) {
      const named = isWorkTree ? cause : atRevision(cause, revision);
      process.stderr.write(describeFailure(named, { color, folder: process.cwd() }).text);
      continue;
    }
    const where = isWorkTree ? path : `${path} at ${revision}`;
    const what = type === 'FileNotFoundError' ? 'is nowhere: neither a file nor in the cache' : msg;
    say('stopped', `${where}: ${what}`, process.stderr);
  }
}
