// mainline dvc add: tracks files and folders.
import type { AddedFile, AddResult } from '#lib/flows/dvc/add.ts';
import { counted } from '../counted.ts';
import { say } from '../say.ts';
import { endingWith } from './exit-code.ts';
import type { CommonOptions, Verb } from './verb.ts';
import { addWriteOptions, sayWritten, type WriteOptions, writing } from './write-options.ts';

interface Options extends CommonOptions, WriteOptions {
  readonly commit: boolean;
  readonly glob?: boolean;
  readonly out?: string;
  readonly toRemote?: boolean;
  readonly remote?: string;
  readonly remoteJobs?: string;
  readonly force?: boolean;
  readonly relink: boolean;
}

export const verb: Verb = {
  description: 'track files and folders: their content goes into the cache, a .dvc file names it',
  define: command =>
    addWriteOptions(command)
      .argument('<targets...>', 'files and folders; a file inside a tracked folder updates only that file')
      .option('--no-commit', 'write the .dvc file only, and leave the cache alone')
      .option('--glob', 'targets may hold wildcards')
      .option('-o, --out <path>', 'copy a file or folder from elsewhere to this place, and track it there')
      .option('--to-remote', 'send it straight to a remote (not there yet)')
      .option('-r, --remote <name>', 'the remote for --to-remote')
      .option('--remote-jobs <number>', 'how many transfers at a time for --to-remote')
      .option('-f, --force', 'replace what is in the way')
      .option('--no-relink', 'leave the files in the work tree as they are')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc add data/raw
  mainline dvc add --glob 'images/*.png'
  mainline dvc add --out data/set.csv /mnt/share/set.csv

Exit codes: 0 done, 1 something has to be mended, 253 not in a repository, 254 usage`,
      )
      .action((targets: readonly string[], options: Options) => endingWith(1, () => run(targets, options))),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const problem = findProblem(targets, options);
  if (problem !== undefined) {
    say('stopped', problem, process.stderr);
    process.exitCode = 1;
    return;
  }
  const { addData } = await import('#lib/flows/dvc/add.ts');
  const { glob, out, force, commit } = options;
  const tell = ({ added, written }: AddResult): void => {
    if (options.quiet) return;
    for (const one of added) say('done', describeAdded(one));
    sayWritten(written);
  };
  tell(await addData({ ...writing(options), targets, glob, out, force, commit, onStopped: tell }));
}

function describeAdded({ file, fingerprint: { nfiles, size }, changed }: AddedFile): string {
  const files = nfiles === undefined ? '' : `${counted(nfiles)}, `;
  const bytes = size === undefined ? 'part of it anew' : counted(size, 'byte');
  return `${file}: ${files}${bytes}${changed ? '' : ', as before'}`;
}

function findProblem(targets: readonly string[], options: Options): string | undefined {
  if (options.toRemote) return '--to-remote is not there yet: add it, then push it';
  if (options.remote !== undefined) return '--remote only goes with --to-remote';
  if (options.remoteJobs !== undefined) return '--remote-jobs only goes with --to-remote';
  if (options.out === undefined) return undefined;
  if (targets.length !== 1) return '--out takes one target';
  if (options.glob) return '--out does not go with --glob';
  return options.commit ? undefined : '--out does not go with --no-commit';
}
