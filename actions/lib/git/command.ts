// Runs git with an environment of its own: no prompt, no locale, objects as they are (no replacements), paths as they are
// written, and none of the variables by which a caller (a hook, an editor) may have pointed git elsewhere.
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

export interface Output {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** How git reaches the network and who works here; all else that begins with GIT_ would change what is read. */
const KEPT =
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|PROXY_COMMAND|SSL_\w+|HTTP_\w+|AUTHOR_\w+|COMMITTER_\w+|EXEC_PATH|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|CONFIG_COUNT|CONFIG_KEY_\d+|CONFIG_VALUE_\d+|CONFIG_PARAMETERS)$/u;

/** There is no git to run, or no folder to run it in. */
export class GitNotFound extends ConfigurationError {
  constructor(cwd: string, cause: unknown) {
    super('git is not installed, or the folder does not exist', {
      at: { file: cwd },
      remedy: 'Install git 2.38 or newer, and see that it is found in PATH.',
      cause,
    });
    this.name = 'GitNotFound';
  }
}

/**
 * Runs git in a folder to its end.
 * @throws GitNotFound, or the operating system's error when git cannot be started.
 */
export function runGit(
  cwd: string,
  args: readonly string[],
  { env = {}, input }: RunOptions = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: {
        ...withoutForeign(process.env),
        GIT_OPTIONAL_LOCKS: '0',
        GIT_NO_REPLACE_OBJECTS: '1',
        GIT_LITERAL_PATHSPECS: '1',
        GIT_TERMINAL_PROMPT: '0',
        LC_ALL: 'C',
        ...env,
      },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', chunk => stdout.push(chunk));
    child.stderr?.on('data', chunk => stderr.push(chunk));
    child.on('error', cause => reject(hasCode(cause, 'ENOENT') ? new GitNotFound(cwd, cause) : cause));
    child.on('close', code => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
    // git may end before it has read everything: its exit code tells why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** True when there is a git to run; looked for in the PATH that git would be started from. */
export async function isGitInstalled(): Promise<boolean> {
  const names = process.platform === 'win32' ? ['git.exe', 'git.cmd'] : ['git'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const places = folders.flatMap(folder => names.map(name => join(folder, name)));
  const found = await Promise.all(
    places.map(place =>
      access(place, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

function withoutForeign(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name)),
  );
}

/**
 * Runs git and gives its output as text without the last line end.
 * @throws ConfigurationError with git's own words when it fails.
 */
export async function readGit(
  cwd: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return (await readGitBytes(cwd, args, options)).toString().replace(/\n$/u, '');
}

/**
 * The same as bytes.
 * @throws ConfigurationError with git's own words when it fails.
 */
export async function readGitBytes(
  cwd: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  const { code, stdout, stderr } = await runGit(cwd, args, options);
  if (code === 0) return stdout;
  const words = stderr.trim() || stdout.toString().trim() || `it ended with code ${code}`;
  const verb = args.find((arg, i) => !arg.startsWith('-') && args[i - 1] !== '-c') ?? '';
  throw new ConfigurationError(`git ${verb} failed: ${words}`, {
    at: { file: cwd },
    remedy: explain(words),
  });
}

function explain(words: string): string {
  if (words.includes('No space left')) return 'Free some space, then run it again: nothing was half written.';
  if (words.includes('Permission denied')) return 'Give yourself the right to write there.';
  if (words.includes('dubious ownership')) return 'Run the git config command that git names.';
  return 'Mend what git says, then run it again.';
}

/** Such as 2.47.1; undefined where there is no git. */
export async function findGitVersion(): Promise<string | undefined> {
  if (!(await isGitInstalled())) return undefined;
  const { stdout } = await runGit(process.cwd(), ['--version']);
  return /\d+\.\d+(?:\.\d+)?/u.exec(stdout.toString())?.[0];
}
