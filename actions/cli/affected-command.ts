// mainline affected: what a change touches, for people, for programs and for a matrix of jobs.
import type { Command } from 'commander';
import { say, sayJson } from './say.ts';

interface Options {
  readonly base: string;
  readonly json?: boolean;
  readonly matrix?: boolean;
}

/** GitHub refuses a larger matrix. */
const MOST_JOBS = 256;

/** Adds the verb. */
export function addAffectedCommand(program: Command): void {
  program
    .command('affected')
    .description('name the stages, models and owners that a change touches, since it left its base')
    .option(
      '--base <revision>',
      'compare with the commit that this branch and the revision have in common',
      'main',
    )
    .option('--json', 'print everything as JSON')
    .option(
      '--matrix',
      `print a matrix for GitHub: models, or stages where there are none; ${MOST_JOBS} at most`,
    )
    .addHelpText(
      'after',
      `
Exit codes:
  0  answered, whether something is affected or not
  2  something has to be mended first, such as a clone that does not reach back to the base

Examples:
  mainline affected --base main
  mainline affected --base "$BASE_SHA" --json | jq '.stages[].stage'
  echo "matrix=$(mainline affected --base origin/main --matrix)" >> "$GITHUB_OUTPUT"`,
    )
    .action((options: Options, command: Command) => run(options, command));
}

async function run({ base, json, matrix }: Options, command: Command): Promise<void> {
  const { directory } = command.optsWithGlobals<{ directory: string }>();
  const { findAffected } = await import('#lib/flows/ci/affected.ts');
  const { hasModels, ...found } = await findAffected({ directory, base });
  const { models, stages, modelOwners, owners, changed } = found;
  if (matrix) {
    const names = hasModels ? models : stages.map(({ stage }) => stage);
    if (names.length > MOST_JOBS) await refuseMatrix(names.length, hasModels);
    process.stdout.write(`${JSON.stringify({ [hasModels ? 'model' : 'stage']: names })}\n`);
    return;
  }
  if (json) return sayJson(found);
  if (models.length + stages.length === 0) {
    return say('done', `Nothing is affected. Changed paths: ${changed}.`);
  }
  for (const { stage, because, owners: own } of stages) {
    say('note', `stage ${stage}: ${because.join(', ')}${own.length > 0 ? ` (${own.join(', ')})` : ''}`);
  }
  for (const model of models) {
    const own = modelOwners[model] ?? [];
    say('note', `model ${model}${own.length > 0 ? ` (${own.join(', ')})` : ''}`);
  }
  if (owners.length > 0) say('note', `to be asked: ${owners.join(', ')}`);
}

async function refuseMatrix(count: number, hasModels: boolean): Promise<never> {
  const { ConfigurationError } = await import('#lib/errors.ts');
  const what = hasModels ? 'models' : 'stages';
  throw new ConfigurationError(`${count} ${what} are affected, and a matrix has ${MOST_JOBS} jobs at most`, {
    remedy: 'Split the change, or let one job go through what --json lists.',
  });
}
