// mainline dvc commit: records what changed.
import { createInterface } from 'node:readline/promises';
import { say } from '../say.ts';
import { detectTerminal } from '../terminal.ts';
import { endingWith } from './exit-code.ts';
import type { CommonOptions, Verb } from './verb.ts';
import { addWriteOptions, sayWritten, type WriteOptions, writing } from './write-options.ts';

interface Options extends CommonOptions, WriteOptions {
  readonly force?: boolean;
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
  readonly relink: boolean;
}

export const verb: Verb = {
  description: 'record data and outputs as they are now, and take them into the cache',
  define: command =>
    addWriteOptions(command)
      .argument('[targets...]', '.dvc files, stages or outputs; everything unless given')
      .option('-f, --force', 'do not ask about what changed')
      .option('-d, --with-deps', 'what the targets are made from as well')
      .option('-R, --recursive', 'a folder as target stands for everything below it')
      .option('--no-relink', 'leave the files in the work tree as they are')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc commit data/raw.dvc
  mainline dvc commit -f train         outputs that were made by hand count as the stage's own

Exit codes: 0 done, 1 something changed and was not confirmed, 253 not in a repository, 254 usage`,
      )
      .action((targets: readonly string[], options: Options) => endingWith(1, () => run(targets, options))),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const { commitData } = await import('#lib/flows/dvc/commit.ts');
  const { force, withDeps, recursive, quiet } = options;
  const flags = { targets, force, withDeps, recursive, confirm };
  const warnings = {
    onBrokenContract: ({ message }: Error) =>
      say('stopped', `recorded all the same: ${message}`, process.stderr),
    onKeptContract: (contract: string, checks: number) => {
      if (!quiet) say('done', `contract kept: ${contract} (${checks} checks)`);
    },
  };
  const { committed, written } = await commitData({ ...writing(options), ...flags, ...warnings });
  if (quiet) return;
  for (const name of committed) say('done', `${name} is recorded as it is`);
  if (committed.length > 0) sayWritten(written);
}

/** Nobody to ask means no. */
async function confirm(name: string, changes: readonly string[]): Promise<boolean> {
  const { isInteractive } = detectTerminal(process.stderr, process.env);
  if (!isInteractive || !process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`${name}: ${changes.join(', ')}. Record it as it is? [y/N] `);
    return /^y(?:es)?$/iu.test(answer.trim());
  } finally {
    asking.close();
  }
}
