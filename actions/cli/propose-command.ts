// mainline propose: options, progress and the summary a person reads at the end.
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { interruptSignal } from './interrupt.ts';
import { parseThreads } from './options.ts';
import { showProgress } from './progress.ts';
import { detectTerminal, type Terminal } from './terminal.ts';

/** More threads than this gain nothing on a handful of fits. */
const MOST_THREADS = 8;

interface Options {
  readonly base?: string;
  readonly force?: boolean;
  readonly threads: number;
  readonly json?: boolean;
  readonly details?: boolean;
}

/** Adds the verb. */
export function addProposeCommand(program: Command): void {
  program
    .command('propose')
    .description(
      'check data, run stale stages, train, evaluate and judge models; write evidence, card and report',
    )
    .argument(
      '[model...]',
      'names below models/; without one, those your change touches (all when nothing changed)',
    )
    .option('--base <revision>', 'compare with the model of this commit instead of the merge base with main')
    .option('-f, --force', 'run every stage and measure every cost again')
    .option(
      '--threads <n>',
      'threads for training; any number gives the same bytes',
      parseThreads,
      Math.min(MOST_THREADS, availableParallelism()),
    )
    .option('--json', 'print the proposals as JSON on standard output, progress on standard error')
    .option('--details', 'show the folded parts of the report too')
    .addHelpText(
      'after',
      `
Exit codes:
  0  every proposal stands
  1  a gate or a data contract failed (the report is written all the same)
  2  something has to be mended first: file, line and remedy are shown
  70 a bug in mainline

Examples:
  mainline propose                        what your change touches
  mainline propose delivery-time          one model
  mainline propose --base v1.2.0          against an older state of the repository
  mainline propose --json | jq '.[].verdict.slo_compliant'
  NO_COLOR=1 mainline propose --details   everything, without colours`,
    )
    .action((models: readonly string[], options: Options, command: Command) => run(models, options, command));
}

async function run(models: readonly string[], options: Options, command: Command): Promise<void> {
  const { directory } = command.optsWithGlobals<{ directory: string }>();
  const { propose } = await import('#lib/flows/propose.ts');
  const terminal = detectTerminal(options.json ? process.stderr : process.stdout, process.env);
  const progress = showProgress(options.json ? process.stderr : process.stdout, terminal);
  try {
    const result = await propose({
      directory,
      models,
      base: options.base,
      force: options.force ?? false,
      threads: options.threads,
      tell: progress.tell,
      signal: interruptSignal(),
      now: () => Date.now(),
    });
    progress.end();
    if (options.json) {
      process.stdout.write(
        `${JSON.stringify(
          result.proposals.map(({ proposal }) => proposal),
          null,
          2,
        )}\n`,
      );
    } else {
      await show(result, terminal, options.details ?? false);
    }
    process.exitCode = result.proposals.every(({ proposal }) => proposal.verdict.slo_compliant) ? 0 : 1;
  } finally {
    progress.end();
  }
}

async function show(
  { root, proposals }: Awaited<ReturnType<typeof import('#lib/flows/propose.ts').propose>>,
  terminal: Terminal,
  details: boolean,
): Promise<void> {
  const { renderTerminal } = await import('#lib/reports/terminal.ts');
  const { reportProposal } = await import('#lib/reports/proposal/report.ts');
  const { summarizeProposals } = await import('#lib/reports/proposal/summary.ts');
  const { relative } = await import('node:path');
  const options = {
    width: terminal.width,
    color: terminal.color,
    unicode: terminal.unicode,
    details: details ? ('open' as const) : ('hidden' as const),
  };
  for (const { proposal } of proposals)
    process.stdout.write(`\n${renderTerminal(reportProposal(proposal), options)}`);
  const files = proposals.map(({ proposal, written }) => ({
    proposal,
    html: relative(process.cwd(), written.html),
    card: written.card && relative(root, written.card),
  }));
  process.stdout.write(`\n${renderTerminal(summarizeProposals(files), options)}`);
}
