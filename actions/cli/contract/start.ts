// Where the launcher starts `mainline contract` without the rest of the command line: it is called on every save and commit.
import { runProgram } from '../program.ts';
import { addContractCommand } from './commands.ts';

void runProgram(addContractCommand);
