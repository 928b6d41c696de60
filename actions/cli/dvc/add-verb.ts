// mainline dvc add: tracks files and folders.
import type { AddedFile, AddResult } from '#lib/flows/dvc/add.ts';
import { counted } from '../counted.ts';
import { say } from '../say.ts';
import { endingWith } from './exit-code.ts';
import { parseCount } from './transfer-options.ts';
import type { CommonOptions, Verb } from './verb.ts';
import { addWriteOptions, sayWritten, type WriteOptions, writing } from './write-options.ts';

interface Options extends CommonOptions, WriteOptions {
  readonly commit: boolean;
  readonly glob?: boolean;
  readonly out?: string;
  readonly toRemote?: boolean;
  readonly remote?: string;
  readonly remoteJobs?: number;
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
      .option('--to-remote', 'send it straight to a remote, past the cache and the work tree')
      .option('-r, --remote <name>', 'the remote for --to-remote')
      .option('--remote-jobs <number>', 'how many transfers at a time for --to-remote', parseCount)
      .option('-f, --force', 'replace what is in the way')
      .option('--no-relink', 'leave the files in the work tree as they are')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc add data/raw
  mainline dvc add --glob 'images/*.png'
  mainline dvc add --out data/set.csv /mnt/share/set.csv
  mainline dvc add --to-remote --out data/scans /mnt/share/scans

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
  if (options.toRemote) return send(targets, options);
  const { addData } = await import('#lib/flows/dvc/add.ts');
  const { glob, out, force, commit, quiet } = options;
  const tell = ({ added, written }: AddResult): void => {
    if (options.quiet) return;
    for (const one of added) say('done', describeAdded(one));
    sayWritten(written);
  };
  tell(await addData({ ...writing(options), targets, glob, out, force, commit, quiet, onStopped: tell }));
}

async function send(targets: readonly string[], options: Options): Promise<void> {
  const [{ addToRemote }, { showTransfer }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/dvc/add-to-remote.ts'),
    import('./transfer-progress.ts'),
    import('../interrupt.ts'),
  ]);
  const { onProgress, end } = showTransfer('sending');
  try {
    const { out, force, remote, remoteJobs: jobs, quiet } = options;
    const request = { ...writing(options), targets, out, force, remote, jobs, signal: interruptSignal() };
    const { added, written, transferred } = await addToRemote({ ...request, ...(!quiet && { onProgress }) });
    end();
    if (quiet) return;
    for (const one of added) say('done', `${describeAdded(one)}; ${counted(transferred)} sent`);
    sayWritten(written);
  } finally {
    end();
  }
}

function describeAdded({ file, fingerprint: { nfiles, size }, changed }: AddedFile): string {
  const files = nfiles === undefined ? '' : `${counted(nfiles)}, `;
  const bytes = size === undefined ? 'part of it anew' : counted(size, 'byte');
  return `${file}: ${files}${bytes}${changed ? '' : ', as before'}`;
}

function findProblem(targets: readonly string[], options: Options): string | undefined {
  const { toRemote, out } = options;
  if (toRemote || out !== undefined) {
    const name = toRemote ? '--to-remote' : '--out';
    if (targets.length !== 1) return `${name} takes one target`;
    if (options.glob) return `${name} does not go with --glob`;
    if (!options.commit) return `${name} does not go with --no-commit`;
  }
  if (toRemote) return undefined;
  if (options.remote !== undefined) return '--remote only goes with --to-remote';
  if (options.remoteJobs !== undefined) return '--remote-jobs only goes with --to-remote';
  return undefined;
}
