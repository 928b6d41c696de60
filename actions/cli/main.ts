// The command line: one file per verb, heavy parts loaded only by the verb that needs them.
import { Command, CommanderError } from 'commander';
import { describeFailure, EXIT_BUG, EXIT_FIX } from '#lib/failure.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { addAffectedCommand } from './affected-command.ts';
import { addAuditCommand } from './audit-command.ts';
import { addContractCommand } from './contract/commands.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addDvcCommand } from './dvc-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addInitCommand } from './init-command.ts';
import { addProposeCommand } from './propose-command.ts';
import { addPullCommand } from './pull-command.ts';
import { addReleaseCommand } from './release-command.ts';
import { addRolloutCommands } from './rollout-commands.ts';
import { addServeCommand } from './serve-command.ts';
import { detectTerminal } from './terminal.ts';

process.env.ORT_DISABLE_TELEMETRY = '1';

// A reader such as head may close the pipe early: that is its right, and no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const program = new Command('mainline')
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
addProposeCommand(program);
addExplainCommand(program);
addPullCommand(program);
addReleaseCommand(program);
addRolloutCommands(program);
addServeCommand(program);
addAffectedCommand(program);
addAuditCommand(program);
addContractCommand(program);
addDoctorCommand(program);
addDvcCommand(program);
addInitCommand(program);

void run();

async function run(): Promise<void> {
  try {
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
