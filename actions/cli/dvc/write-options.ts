// What verbs that write have in common: they take the repository's lock, and tell git of what they wrote.
import type { Command } from 'commander';
import { say } from '../say.ts';

export interface WriteOptions {
  readonly quiet?: boolean;
  readonly waitForLock?: boolean;
}

export function addWriteOptions(command: Command): Command {
  return command.option('--wait-for-lock', 'wait for another command for as long as it takes');
}

/** The options that every flow which writes takes. */
export function writing({ quiet, waitForLock }: WriteOptions) {
  return {
    directory: process.cwd(),
    env: process.env,
    now: () => Date.now(),
    command: `mainline dvc ${process.argv.slice(3).join(' ')}`,
    waitForLock,
    onWait: (who: string) => {
      if (!quiet) say('note', `waiting for ${who}`, process.stderr);
    },
  };
}

/** What is left to do in git. */
export function sayWritten({
  files,
  staged,
}: {
  readonly files: readonly string[];
  readonly staged: boolean;
}): void {
  if (files.length === 0 || staged) return;
  const end = files.some(file => file.startsWith('-')) ? '-- ' : '';
  say('note', `for git: git add ${end}${files.map(quoteWord).join(' ')}`);
}

function quoteWord(word: string): string {
  return /^[\w./+=@%:,-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
