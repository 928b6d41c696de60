// Where the launcher starts `mainline dvc` without the rest of the command line.
import { runDvc } from './main.ts';

// A reader such as head may close the pipe early: that is its right, and no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    throw error;
  });
}

void runDvc(process.argv.slice(3));
