// mainline dvc metrics diff: which metrics changed between two revisions.
import { addDiffOptions, type DiffOptions, printDiff } from './diff-options.ts';
import { addPrecision, DEFAULT_PRECISION } from './precision.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  description: 'compare metrics between two revisions, or a revision and the work tree',
  define: command =>
    addPrecision(addDiffOptions(command))
      .option('-R, --recursive', 'accepted; a folder always stands for the files in it')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc metrics diff                 what changed since the last commit
  mainline dvc metrics diff main --md       this branch against main, as Markdown
  mainline dvc metrics diff v1 v2 --all     two tags, unchanged metrics as well`,
      )
      .action(run),
};

async function run(a: string, b: string, options: DiffOptions): Promise<void> {
  const { diffMetrics } = await import('#lib/flows/dvc/metrics.ts');
  const result = await diffMetrics({
    directory: process.cwd(),
    env: process.env,
    now: () => Date.now(),
    revisions: [a, b],
    targets: options.targets ?? [],
    all: options.all,
  });
  const precision = options.precision || DEFAULT_PRECISION;
  await printDiff(result, options, { title: 'Metric', revisions: [a, b], withChange: true, precision });
}
