// What push, fetch and pull have in common: which objects, which remote, and how the result is told.
import { type Command, InvalidArgumentError } from 'commander';
import type { TransferRequest, TransferSummary } from '#lib/flows/dvc/transfer.ts';
import { counted } from '../counted.ts';
import { say } from '../say.ts';
import type { CommonOptions } from './verb.ts';
import { addWriteOptions, type WriteOptions, writing } from './write-options.ts';

export interface TransferVerbOptions extends CommonOptions, WriteOptions {
  readonly remote?: string;
  readonly jobs?: number;
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
  readonly runCache?: boolean;
  readonly glob?: boolean;
  readonly quiet?: boolean;
}

export function addTransferOptions(command: Command): Command {
  return addWriteOptions(
    command
      .argument('[targets...]', 'outputs, files in them, .dvc files or stages; everything unless given')
      .option('-r, --remote <name>', 'the remote to use; outputs that name another stay out')
      .option('-j, --jobs <number>', 'transfers at a time', parseCount)
      .option('-a, --all-branches', 'what all branches refer to as well')
      .option('-T, --all-tags', 'what all tags refer to as well')
      .option('-A, --all-commits', 'what all commits refer to as well')
      .option('-d, --with-deps', 'what the targets are made from as well')
      .option('-R, --recursive', 'a folder stands for everything below it')
      .option('--run-cache', 'the history of runs as well')
      .option('--no-run-cache', 'not the history of runs (as it is by default)'),
  );
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Write a whole number from 1.');
}

export function toRequest(targets: readonly string[], options: TransferVerbOptions): TransferRequest {
  const { remote, jobs, allBranches, allTags, allCommits, withDeps, recursive, glob } = options;
  return {
    ...writing(options),
    ...{ targets, remote, jobs, allBranches, allTags, allCommits, withDeps, recursive, glob },
    runCache: options.runCache === true,
  };
}

/** Warnings and failures go to standard error. @returns false when something did not arrive */
export function sayProblems({ missing, failed, skipped }: TransferSummary): boolean {
  for (const text of skipped) say('note', `passed over ${text}`, process.stderr);
  if (missing.length > 0) {
    const text = `neither here nor at the remote:\n${missing.join('\n')}`;
    say('note', text, process.stderr);
  }
  for (const { name, reason } of failed) say('stopped', `${name}: ${reason}`, process.stderr);
  if (failed.length > 0) {
    say('stopped', `${counted(failed.length)} did not arrive; run it again for these`, process.stderr);
  }
  return failed.length === 0;
}
