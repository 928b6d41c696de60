// mainline dvc params diff: which parameters changed between two revisions.
import { addDiffOptions, type DiffOptions, printDiff } from './diff-options.ts';
import type { Verb } from './verb.ts';

interface Options extends DiffOptions {
  readonly deps?: boolean;
}

export const verb: Verb = {
  description: 'compare parameters between two revisions, or a revision and the work tree',
  define: command =>
    addDiffOptions(command)
      .option('--deps', 'only parameters that stages depend on')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc params diff                what changed since the last commit
  mainline dvc params diff main --deps    what stages depend on, against main`,
      )
      .action(run),
};

async function run(a: string, b: string, options: Options): Promise<void> {
  const { diffParams } = await import('#lib/flows/dvc/params.ts');
  const result = await diffParams({
    directory: process.cwd(),
    env: process.env,
    now: () => Date.now(),
    revisions: [a, b],
    targets: options.targets ?? [],
    all: options.all,
    depsOnly: options.deps,
  });
  await printDiff(result, options, { title: 'Param', revisions: [a, b], withChange: false });
}
