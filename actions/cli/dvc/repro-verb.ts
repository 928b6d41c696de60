// mainline dvc repro: runs the stages that are not up to date.
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { findQuestion } from './question.ts';
import { UP_TO_DATE } from './up-to-date.ts';
import type { CommonOptions, Verb } from './verb.ts';
import { sayWritten, writing } from './write-options.ts';

interface Options extends CommonOptions {
  readonly force?: boolean;
  readonly interactive?: boolean;
  readonly singleItem?: boolean;
  readonly pipeline?: boolean;
  readonly allPipelines?: boolean;
  readonly recursive?: boolean;
  readonly downstream?: boolean;
  readonly forceDownstream?: boolean;
  readonly pull?: boolean;
  readonly allowMissing?: boolean;
  readonly dry?: boolean;
  readonly keepGoing?: boolean;
  readonly ignoreErrors?: boolean;
  readonly glob?: boolean;
  readonly commit: boolean;
  readonly runCache: boolean;
  readonly jobs: number;
  readonly waitForLock?: boolean;
}

const MOST_JOBS = 1024;

export const verb: Verb = {
  description: 'bring pipelines up to date: run the stages whose inputs, outputs or command changed',
  define: command =>
    command
      .argument('[targets...]', 'stages, dvc.yaml or .dvc files; the dvc.yaml of this folder unless given')
      .option('-f, --force', 'run stages even if nothing changed')
      .option('-i, --interactive', 'ask before each stage that would run')
      .option('-s, --single-item', 'only the targets themselves, not what they build on')
      .option('-p, --pipeline', 'the whole pipelines that the targets belong to')
      .option('-P, --all-pipelines', 'every pipeline of the repository')
      .option('-R, --recursive', 'a folder as target stands for every stage below it')
      .option('--downstream', 'begin with the targets and go on to what builds on them')
      .option('--force-downstream', 'what builds on a stage that ran runs too, changed or not')
      .option('--pull', 'fetch what is missing; earlier runs are looked up on the remote one by one')
      .option('--allow-missing', 'leave stages alone whose data is missing, if nothing else changed')
      .option('--dry', 'show the commands that would run, and run nothing')
      .option('-k, --keep-going', 'after a failure go on with what does not build on it')
      .option('--ignore-errors', 'after a failure go on with everything')
      .option('--glob', 'stage names may hold wildcards')
      .option('--no-commit', 'keep outputs out of the cache')
      .option('--no-run-cache', 'run stages even if they ran on the same inputs before')
      .option('-j, --jobs <n>', 'stages at a time; auto takes one for each processor', parseJobs, 1)
      .option('--wait-for-lock', 'wait for another command for as long as it takes')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc repro                    this folder's dvc.yaml
  mainline dvc repro -P --jobs auto     everything, in parallel where the graph allows it
  mainline dvc repro train --dry        what it would take to bring train up to date

A stage may ask for more under meta.mainline of dvc.yaml, which DVC leaves alone:
  retries, backoff, timeout, owner, mutex and contracts

Exit codes: 0 up to date, 255 a stage failed or something has to be mended, 254 usage, 253 not in a repository`,
      )
      .action(run),
};

function parseJobs(text: string): number {
  if (text === 'auto') return availableParallelism();
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS) return jobs;
  throw new InvalidArgumentError(`Write auto or a whole number from 1 to ${MOST_JOBS}.`);
}

async function run(targets: readonly string[], options: Options): Promise<void> {
  const [{ reproduceRepository }, { createShow }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/dvc/repro.ts'),
    import('./repro-show.ts'),
    import('../interrupt.ts'),
  ]);
  const { quiet = false, singleItem, runCache, interactive, keepGoing, ignoreErrors, ...flags } = options;
  const note = (text: string) => {
    if (!quiet) process.stderr.write(`-> ${text}\n`);
  };
  const signal = interruptSignal();
  const asking = interactive ? await createConfirm(signal) : undefined;
  const { stages, errors, written } = await reproduceRepository({
    ...flags,
    ...writing(options),
    targets,
    single: singleItem,
    useRuns: runCache,
    question: findQuestion(process.argv.slice(3)),
    onError: ignoreErrors ? 'ignore' : keepGoing ? 'keep-going' : 'fail',
    signal,
    onEvent: createShow({ quiet, prefixed: options.jobs > 1 }),
    onNote: note,
    onRecovered: count =>
      note(
        count === 1
          ? 'a run that was killed had finished 1 more stage: it counts'
          : `a run that was killed had finished ${count} more stages: they count`,
      ),
    confirm: asking?.confirm,
  }).finally(() => asking?.close());
  if (errors.length > 0) await fail(errors, ignoreErrors ?? false);
  if (quiet || options.dry || errors.length > 0) return;
  if (written.files.length > 0) sayWritten(written);
  const isUpToDate = stages.every(({ status }) => status === 'skipped');
  process.stdout.write(isUpToDate ? UP_TO_DATE : 'Send the results to a remote with: mainline dvc push\n');
}

/** All at the end, so that none is lost between the lines of the others. */
async function fail(errors: readonly unknown[], isIgnored: boolean): Promise<void> {
  const [{ describeFailure }, { detectTerminal }, { ConfigurationError }] = await Promise.all([
    import('#lib/failure.ts'),
    import('../terminal.ts'),
    import('#lib/errors.ts'),
  ]);
  const bug = errors.find(error => !(error instanceof ConfigurationError));
  const last = bug ?? errors.at(-1);
  const { color } = detectTerminal(process.stderr, process.env);
  for (const error of errors) {
    if (error === last && !isIgnored) continue;
    process.stderr.write(describeFailure(error, { color, folder: process.cwd() }).text);
  }
  if (!isIgnored) throw last;
}

async function createConfirm(signal: AbortSignal) {
  const { isYes, openQuestions } = await import('./questions.ts');
  const questions = openQuestions({ input: process.stdin, output: process.stderr, signal });
  return {
    confirm: async (stage: string) => {
      const answer = await questions.ask(`Run the stage '${stage}'? [y/n] `);
      return answer === undefined ? 'nobody' : isYes(answer) ? 'yes' : 'no';
    },
    close: () => questions.close(),
  } as const;
}
