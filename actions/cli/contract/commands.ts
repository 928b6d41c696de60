// mainline contract: what can be done with a data contract. One line a sub-command, each in a file of its own.
import type { Command } from 'commander';
import { addDiffCommand } from './diff-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addInitCommand } from './init-command.ts';
import { addLintCommand } from './lint-command.ts';
import { addValidateCommand } from './validate-command.ts';

/** Adds one sub-command to `mainline contract`. */
type AddCommand = (group: Command) => void;

const COMMANDS: readonly AddCommand[] = [
  addValidateCommand,
  addLintCommand,
  addDiffCommand,
  addInitCommand,
  addExplainCommand,
];

/** Adds the command with all that is below it. */
export function addContractCommand(program: Command): void {
  const group = program
    .command('contract')
    .description('read, check and explain data contracts (Open Data Contract Standard)')
    .helpOption('-h, --help', 'show help');
  for (const add of COMMANDS) add(group);
}
