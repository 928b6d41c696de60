// mainline release: what it numbered, what it refused and why, and where the promotion waits.
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { interruptSignal } from './interrupt.ts';
import { parseThreads } from './options.ts';
import { showProgress } from './progress.ts';
import { say, sayJson } from './say.ts';
import { detectTerminal } from './terminal.ts';

interface Options {
  readonly as?: string;
  readonly threads: number;
  readonly json?: boolean;
}

type Released = Awaited<ReturnType<typeof import('#lib/flows/release.ts').release>>[number];

/** Adds the verb. */
export function addReleaseCommand(program: Command): void {
  program
    .command('release')
    .description('number what was merged, keep its bytes, and open the promotion to the first environment')
    .argument('[model...]', 'names below models/; without one, all')
    .option('--as <account>', 'who releases; the account of git without it')
    .option(
      '--threads <n>',
      'threads for training, where bytes have to be made again',
      parseThreads,
      Math.min(8, availableParallelism()),
    )
    .option('--json', 'print the results as JSON on standard output, progress on standard error')
    .addHelpText(
      'after',
      `
What main has is evaluated again against the champion of now; only what keeps its gates gets a number.
A model that was released before keeps its number. Run it again after an interruption: it goes on.

Exit codes:
  0  everything on main is released
  1  a gate refused a model
  2  something has to be mended first
  70 a bug in mainline

Examples:
  mainline release
  mainline release delivery-time
  mainline release --json | jq -r '.[].record.metadata.version'`,
    )
    .action((models: readonly string[], options: Options, command: Command) => run(models, options, command));
}

async function run(models: readonly string[], options: Options, command: Command): Promise<void> {
  const { directory } = command.optsWithGlobals<{ directory: string }>();
  const { release } = await import('#lib/flows/release.ts');
  const stream = options.json ? process.stderr : process.stdout;
  const progress = showProgress(stream, detectTerminal(stream, process.env));
  try {
    const results = await release({
      ...{ directory, models, by: options.as, threads: options.threads },
      ...{ tell: progress.tell, signal: interruptSignal(), now: () => Date.now() },
    });
    progress.end();
    if (options.json) sayJson(results);
    else for (const result of results) await show(result);
    process.exitCode = results.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
  } finally {
    progress.end();
  }
}

async function show(result: Released): Promise<void> {
  const { model, outcome } = result;
  if (outcome === 'not trained') {
    say('note', `${model}: ${result.why}`);
    return;
  }
  if (outcome === 'refused') {
    const { reasons } = result.proposal.verdict;
    say('stopped', [`${model} is not released:`, ...reasons].join('\n'));
    return;
  }
  const { formatInterval, formatNumber } = await import('#lib/evaluation/format.ts');
  const { metadata, spec } = result.record;
  const { metric, value, unit, ci95 } = spec.evaluation.primary;
  const interval = ci95 ? ` (95 %: ${formatInterval(ci95, unit)})` : '';
  const { against } = spec.evaluation;
  say(
    'done',
    `${model} ${metadata.version} ${outcome === 'released' ? `released: ${spec.because}` : 'was released before'}\n` +
      `${metric} ${formatNumber(value, unit)}${interval}${against ? `, ${against.verdict} (against ${against.champion})` : ''}\n` +
      `model ${spec.artifact.sha256}, ${spec.artifact.bytes} bytes`,
  );
  const { promotion } = result;
  if ('pull' in promotion) {
    const { number, state, title } = promotion.pull;
    say('note', `pull request #${number} (${state}): ${title}`);
    if (state === 'open')
      say('note', `next: mainline pull check ${number}, an owner's approval, mainline pull merge ${number}`);
  } else say('note', `no promotion to ${promotion.environment}: ${promotion.why}`);
}
