// What every command of the command line has in common: where it writes, options before the verb, and how a failure is told.
import { Command, CommanderError } from 'commander';
import { describeFailure, EXIT_BUG, EXIT_FIX } from '#lib/failure.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { detectTerminal } from './terminal.ts';

/** Adds one command, or several that belong together. */
export type AddCommands = (program: Command) => void;

/** Runs what the words of this process say. Its exit code is set, nothing is thrown. */
export async function runProgram(addCommands: AddCommands): Promise<void> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  endWithReader();
  try {
    const program = createProgram();
    addCommands(program);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_FIX;
    } else {
      const { color } = detectTerminal(process.stderr, process.env);
      const { text, exitCode } = describeFailure(error, { color, folder: process.cwd() });
      const isBug = exitCode === EXIT_BUG;
      process.stderr.write(isBug ? (await import('#lib/compiled-stack.ts')).toSourceLines(text) : text);
      process.exitCode = exitCode;
    }
  }
}

/** A reader such as head may close the pipe early: that is its right, and no failure of ours. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}

function createProgram(): Command {
  return new Command('mainline')
    .description(
      'GitOps for machine learning: propose a model in a pull request, approve it in review, roll it back with git revert.',
    )
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('-C, --directory <path>', 'work in this repository instead of the one here', '.')
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for examples)')
    .addHelpText(
      'after',
      `
Examples:
  mainline propose                   propose the models your change touches
  mainline propose delivery-time     propose one model
  mainline explain rmse              what its gates mean, and what would pass
  mainline pull open better          rehearse its review on this machine
  mainline release                   number what was merged
  mainline promote delivery-time 1.0.0.0 --to staging
  mainline rollback delivery-time --in production --reason "too slow at noon"
  mainline <verb> --help             options, exit codes and more examples`,
    );
}
