// Where the launcher starts `mainline dvc` without the rest of the command line.
import { runDvc } from './main.ts';

// A reader such as head may close the pipe early: that is its right, and no failure of ours. Streams are slow to begin with,
// and a quiet verb writes to none: each is made when it is first asked for.
const begun: NodeJS.WriteStream[] = [];
for (const name of ['stdout', 'stderr'] as const) {
  const make = Object.getOwnPropertyDescriptor(process, name)?.get;
  const get = (): NodeJS.WriteStream => {
    const stream: NodeJS.WriteStream = make?.call(process);
    Object.defineProperty(process, name, { configurable: true, value: stream });
    begun.push(stream);
    return stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(141);
      throw error;
    });
  };
  Object.defineProperty(process, name, { configurable: true, get });
}

void runDvc(process.argv.slice(3)).then(endNow);

/** What runs behind the scenes, such as compiling what was used often, has no use any more. */
function endNow(): void {
  // Errors of streams come first, and a slow reader still gets everything.
  setImmediate(() => {
    if (begun.every(stream => stream.writableLength === 0)) process.exit();
  });
}
