// Runs the program as people do, in a folder, and gives what it printed.
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const launcher = join(import.meta.dirname, '../../../actions/cli/mainline.js');

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `mainline dvc` with these words; git finds an author in the environment. */
export function launch(words: readonly string[], folder: string): Promise<Answer> {
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' };
  return new Promise(resolve => {
    execFile(process.execPath, [launcher, 'dvc', ...words], { cwd: folder, env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}
