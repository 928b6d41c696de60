// The whole output of each stage's last run, on disk while it runs: a failure shows its last lines, the rest lies here.
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';

/** Nothing is written for a stage that says nothing, and its older log goes. */
export function createStageLogs(root: string): NonNullable<Workshop['openLog']> {
  const folder = join(root, '.dvc', 'tmp', 'mainline', 'logs');
  const old = new Set(existsSync(folder) ? readdirSync(folder) : []);
  return stage => {
    const place = relative(root, stage.workingDirectory).replaceAll(/[^\w.-]+/g, '_');
    const name = `${place === '' ? '' : `${place}.`}${stage.name.replaceAll(/[^\w.@-]+/g, '_')}.log`;
    const file = join(folder, name);
    let handle: number | undefined;
    let isCleared = false;
    return {
      get path() {
        return isCleared ? relative(root, file) : undefined;
      },
      add(line) {
        try {
          if (handle === undefined) {
            mkdirSync(folder, { recursive: true });
            handle = openSync(file, isCleared ? 'a' : 'w');
            isCleared = true;
          }
          writeSync(handle, `${line}\n`);
        } catch (cause) {
          throw unwritable(file, cause);
        }
      },
      close() {
        if (handle !== undefined) closeSync(handle);
        else if (!isCleared && old.has(name)) rmSync(file, { force: true });
        handle = undefined;
      },
    };
  };
}
