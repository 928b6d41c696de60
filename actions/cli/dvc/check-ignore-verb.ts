// mainline dvc check-ignore: what .dvcignore leaves out; the lines and exit codes are DVC's, for scripts.
import { createInterface } from 'node:readline';
import type { CheckedPath } from '#lib/flows/dvc/check-ignore.ts';
import { say, visible } from '../say.ts';
import { type CommonOptions, EXIT, type Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly details?: boolean;
  readonly nonMatching?: boolean;
  readonly all?: boolean;
  readonly stdin?: boolean;
}

export const verb: Verb = {
  description: 'show which paths .dvcignore leaves out, and by which pattern',
  define: command =>
    command
      .argument('[targets...]', 'files and folders to ask about; they need not exist')
      .option('-d, --details', 'show the pattern that decided beside each path')
      .option('-n, --non-matching', 'with --details: show paths that no pattern fits as well')
      .option('-a, --all', 'with --details: accepted as DVC does; one pattern decides')
      .option('--stdin', 'read paths from standard input, one a line')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc check-ignore data/raw/notes.txt
  find data | mainline dvc check-ignore --details --stdin

Exit codes: 0 a pattern fits one of the paths, 1 none does, 255 options that do not go together`,
      )
      .action(run),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const conflict = findConflict(targets, options);
  if (conflict !== undefined) {
    say('stopped', conflict, process.stderr);
    process.exitCode = EXIT.failed;
    return;
  }
  const { openIgnoreCheck } = await import('#lib/flows/dvc/check-ignore.ts');
  const check = await openIgnoreCheck({ directory: process.cwd(), env: process.env, now: () => Date.now() });
  process.exitCode = 1;
  const answer = (target: string): void => {
    const checked = check(target);
    const line = formatLine(checked, options);
    if (line === undefined) return;
    if (!options.quiet) process.stdout.write(`${line.split('\t').map(visible).join('\t')}\n`);
    if (checked.origin !== undefined) process.exitCode = 0;
  };
  for (const target of targets) answer(target);
  if (!options.stdin) return;
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === '') return;
    answer(line);
  }
}

function findConflict(targets: readonly string[], options: Options): string | undefined {
  if (!options.stdin && targets.length === 0) return 'which paths? (or --stdin)';
  if (options.stdin && targets.length > 0) return '--stdin goes with no paths';
  if (options.nonMatching && !options.details) return '--non-matching only goes with --details';
  if (options.all && !options.details) return '--all only goes with --details';
  if (options.quiet && options.details) return '--details does not go with --quiet';
  return undefined;
}

/** Undefined for what is not shown. */
function formatLine(
  { target, isIgnored, origin }: CheckedPath,
  { details, nonMatching }: Options,
): string | undefined {
  if (!details) return isIgnored ? target : undefined;
  if (origin === undefined) return nonMatching ? `::\t${target}` : undefined;
  return `${origin}\t${target}`;
}
