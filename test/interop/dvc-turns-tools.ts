// The two programs that take turns. DVC is a server that forks once for each command, since importing it takes longer than
// most commands; Mainline is started through its launcher, as a person starts it.
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { VERBS } from '../../actions/cli/dvc/verbs.ts';

/** What a command left behind besides files. */
export interface Reply {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Words = readonly string[];

export interface Tool {
  readonly name: 'dvc' | 'mainline';
  /** Runs one command in a folder. Commands of one tool run one after the other. */
  readonly run: (folder: string, words: Words) => Promise<Reply>;
  readonly stop: () => void;
  /** False for a verb that only the other tool has. */
  readonly knows: (words: Words) => boolean;
}

const launcher = join(import.meta.dirname, '../../actions/cli/mainline.js');
/** Longer than the longest command takes; a command that hangs ends here. */
const LIMIT_MS = 120_000;

/** Nothing of the user's own DVC: its global configuration and the state it remembers lie below `home`. */
export function createEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...{ DVC_NO_ANALYTICS: '1', DVC_SITE_CACHE_DIR: join(home, 'site'), NO_COLOR: '1', LC_ALL: 'C.UTF-8' },
    ...{ DVC_GLOBAL_CONFIG_DIR: join(home, 'global'), DVC_SYSTEM_CONFIG_DIR: join(home, 'system') },
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    ...{ AWS_EC2_METADATA_DISABLED: 'true', PYTHONHASHSEED: '0' },
  };
}

/**
 * DVC, from the virtual environment that holds the program.
 * @param program the path of `bin/dvc`.
 */
export function startDvc(program: string, env: NodeJS.ProcessEnv): Tool {
  const server = spawn(join(program, '../python'), [join(import.meta.dirname, 'dvc_server.py')], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: ((line: string) => void)[] = [];
  const fail = () => {
    for (const give of waiting.splice(0))
      give(JSON.stringify({ code: -1, out: '', err: 'the DVC server has ended' }));
  };
  createInterface({ input: server.stdout }).on('line', line => waiting.shift()?.(line));
  server.on('exit', fail);
  return {
    name: 'dvc',
    run: async (cwd, words) => {
      const line = await new Promise<string>(resolve => {
        waiting.push(resolve);
        server.stdin.write(`${JSON.stringify({ cwd, words })}\n`);
      });
      return JSON.parse(line);
    },
    stop: () => server.kill(),
    knows: () => true,
  };
}

/** Mainline as this repository has it. */
export function startMainline(env: NodeJS.ProcessEnv): Tool {
  return {
    name: 'mainline',
    run: (cwd, words) => run(process.execPath, [launcher, 'dvc', ...words], { cwd, env }),
    stop: () => undefined,
    knows: ([first = '', second = '']) => first in VERBS || `${first} ${second}` in VERBS,
  };
}

/** A program's answer; not ending with 0 is an answer too. */
export function run(
  file: string,
  words: Words,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Reply> {
  return new Promise(resolve => {
    const options = { cwd, env, timeout: LIMIT_MS, maxBuffer: 1 << 28 };
    const child = execFile(file, words, options, (error, out, err) => {
      const code = child.exitCode ?? -1;
      resolve({ code: error === null ? 0 : code, out, err });
    });
    child.stdin?.end();
  });
}
