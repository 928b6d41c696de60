import { execFile, execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

interface Step {
  readonly step?: string;
  readonly folder?: string;
  readonly words?: readonly string[];
  readonly exit?: number;
  readonly changed: Readonly<Record<string, string>>;
  readonly gone: readonly string[];
  readonly objects: readonly string[];
  readonly git: readonly string[];
}

const recorded: {
  readonly inputs: Readonly<Record<string, string>>;
  readonly scenarios: Readonly<Record<string, readonly Step[]>>;
} = JSON.parse(readFileSync('test/fixtures/dvc/tracking/tracking.json', 'utf8'));

const MAINLINE = resolve('actions/cli/mainline.js');
const ENV = {
  ...process.env,
  ...{
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b.c',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b.c',
  },
};

interface Ended {
  readonly exit: number;
  readonly text: string;
}

function mainline(words: readonly string[], folder: string): Promise<Ended> {
  return new Promise(ready => {
    const child = execFile(
      process.execPath,
      [MAINLINE, 'dvc', ...words],
      { cwd: folder, env: ENV },
      (_, out, err) => ready({ exit: child.exitCode ?? -1, text: out + err }),
    );
    child.stdin?.end();
  });
}

/** As make-tracking.py looks at a repository. */
function look(top: string): { files: Map<string, string>; objects: readonly string[] } {
  const files = new Map<string, string>();
  const objects: string[] = [];
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const way = relative(top, path);
      const stat = lstatSync(path);
      if (stat.isDirectory()) {
        if (way !== '.git' && !way.endsWith('.dvc/tmp')) walk(path);
        continue;
      }
      // Links to folders are left out, as when Python walks.
      if (stat.isSymbolicLink() && statSync(path).isDirectory()) continue;
      const inCache = way.split('.dvc/cache/')[1]?.split('/');
      if (inCache) {
        const [kind, hash, prefix, rest] = inCache;
        if (kind === 'files' && hash === 'md5' && prefix !== 'tmp' && rest !== undefined)
          objects.push(prefix + rest);
      } else if (stat.isSymbolicLink())
        files.set(way, `-> ${relative(top, resolve(folder, readlinkSync(path)))}`);
      else files.set((statSync(path).mode & 0o100 ? '!' : '') + way, readFileSync(path, 'utf8'));
    }
  };
  walk(top);
  return { files, objects: objects.sort() };
}

test.concurrent.for(Object.entries(recorded.scenarios))(
  'as DVC 3.67.1 does: %s',
  { timeout: 60_000 },
  async ([, steps]) => {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-tracking-')));
    const top = join(base, 'repo');
    try {
      mkdirSync(top);
      for (const [name, text] of Object.entries(recorded.inputs)) writeFileSync(join(base, name), text);
      const shell = (command: string) =>
        execFileSync('sh', ['-c', command], { cwd: top, env: ENV, stdio: 'pipe' }).toString();
      shell('git init -q -b main');
      if (steps[0]?.step !== '#bare') {
        await mainline(['init', '-q'], top);
        shell('git commit -qm init');
      }
      let before = new Map<string, string>();
      for (const { step, folder = '.', words, exit, changed, gone, objects, git } of steps) {
        const ended = words ? await mainline(words, join(top, folder)) : { exit: undefined, text: '' };
        if (step !== undefined && !step.startsWith('#')) shell(step);
        const now = look(top);
        const found = {
          exit: ended.exit,
          changed: Object.fromEntries([...now.files].filter(([path, text]) => before.get(path) !== text)),
          gone: [...before.keys()].filter(path => !now.files.has(path)).sort(),
          objects: now.objects,
          git: shell('git ls-files').split('\n').filter(Boolean),
        };
        expect(found, `${step ?? words?.join(' ')}\n${ended.text}`).toEqual({
          exit,
          changed,
          gone,
          objects,
          git,
        });
        before = now.files;
      }
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  },
);
