// Every answer of `dvc config` and `dvc remote` as DVC 3.67.1 gave it (test/fixtures/dvc/config/record.py), repeated with
// ours: the files byte for byte, the exit codes, and what is printed.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import recorded from '../../fixtures/dvc/config/recorded.json' with { type: 'json' };

const launcher = join(import.meta.dirname, '../../../actions/cli/mainline.js');

const PLACES = {
  project: 'repo/.dvc/config',
  local: 'repo/.dvc/config.local',
  global: 'global/config',
  system: 'system/config',
};

/** What we say otherwise on purpose: secrets are hidden in lists. */
function hideSecrets(text: string): string {
  return text.replace(/(secret_access_key=).*/gu, '$1***');
}

/** DVC pads the columns of `remote list` with spaces where ours are parted by tabs. */
function withTabs(args: readonly string[], text: string): string {
  return args.join(' ').startsWith('remote list') ? text.replace(/ +(?=\S)/gu, '\t') : text;
}

/** Comments that DVC would have thrown away are no difference. */
function withoutComments(text: string): string {
  return text.replace(/^\s*#.*\n/gmu, '').replace(/\s+#.*$/gmu, '');
}

function run(args: readonly string[], top: string) {
  const env = {
    PATH: process.env.PATH,
    HOME: join(top, 'home'),
    DVC_GLOBAL_CONFIG_DIR: join(top, 'global'),
    DVC_SYSTEM_CONFIG_DIR: join(top, 'system'),
  };
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>(resolve => {
    execFile(
      process.execPath,
      [launcher, 'dvc', ...args],
      { cwd: join(top, 'repo'), env },
      (error, stdout, stderr) => {
        resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

function readFiles(top: string): Record<string, string> {
  const entries = Object.entries(PLACES).flatMap(([name, path]) => {
    try {
      return [[name, readFileSync(join(top, path), 'utf8')]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(entries);
}

/** DVC rewrites every level when a remote goes, and so makes empty files that say nothing. */
function withoutEmpty(files: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, text]) => (text?.trim() ? [[name, text]] : [])),
  );
}

test.concurrent.for(Object.entries(recorded.scenarios))('as DVC does: %s', async ([, { start, steps }]) => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-config-')));
  try {
    mkdirSync(join(top, 'repo/.dvc'), { recursive: true });
    for (const [name, text] of Object.entries(start)) {
      const path = join(top, PLACES[name as keyof typeof PLACES]);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    for (const step of steps) {
      const ours = await run(step.args, top);
      const clean = (text: string) => text.replaceAll(top, '<top>');
      const files = Object.fromEntries(
        Object.entries(readFiles(top)).map(([name, text]) => [name, withoutComments(clean(text))]),
      );
      const expected = Object.fromEntries(
        Object.entries(step.files).map(([name, text]) => [name, withoutComments(text ?? '')]),
      );
      const printed = step.args[1] === 'add' || step.exitCode === 254 ? {} : { stdout: ours.stdout };
      expect(
        {
          args: step.args,
          exitCode: ours.exitCode,
          files: withoutEmpty(files),
          ...(printed.stdout !== undefined && { stdout: clean(printed.stdout) }),
        },
        ours.stderr,
      ).toEqual({
        args: step.args,
        exitCode: step.exitCode,
        files: withoutEmpty(expected),
        ...(printed.stdout !== undefined && { stdout: hideSecrets(withTabs(step.args, step.stdout)) }),
      });
    }
  } finally {
    rmSync(top, { recursive: true });
  }
});
