// Runs `mainline dvc` as people do, in a folder, and gives what it printed.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { launcher } from './workspace.ts';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface LaunchPlace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Ends when the program ends, however it does. */
export function launchDvc(words: readonly string[], { folder, env }: LaunchPlace): Promise<Answer> {
  return new Promise(resolve => {
    execFile(process.execPath, [launcher, 'dvc', ...words], { cwd: folder, env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** An environment whose configuration of DVC is in a folder, and nobody's own. */
export function ownConfiguration(top: string): LaunchPlace['env'] {
  return {
    ...{ PATH: process.env.PATH, HOME: top },
    ...{ DVC_GLOBAL_CONFIG_DIR: join(top, 'global'), DVC_SYSTEM_CONFIG_DIR: join(top, 'system') },
  };
}
