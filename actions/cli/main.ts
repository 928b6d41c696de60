// The command line: one file per verb, heavy parts loaded only by the verb that needs them.
import type { Command } from 'commander';
import { addAffectedCommand } from './affected-command.ts';
import { addAuditCommand } from './audit-command.ts';
import { addContractCommand } from './contract/commands.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addDvcCommand } from './dvc-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addInitCommand } from './init-command.ts';
import { runProgram } from './program.ts';
import { addProposeCommand } from './propose-command.ts';
import { addPullCommand } from './pull-command.ts';
import { addReleaseCommand } from './release-command.ts';
import { addRolloutCommands } from './rollout-commands.ts';
import { addServeCommand } from './serve-command.ts';

void runProgram((program: Command) => {
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
});
