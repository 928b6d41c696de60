// The one catch of the process: what the user can fix reads like a compiler's message, our own bugs show their stack.
import { sep } from 'node:path';
import { styleText } from 'node:util';
import { ConfigurationError, ConfigurationErrors, errorMessage, formatLocation } from '#lib/errors.ts';
import { showSourceLine } from '#lib/source-line.ts';

/** Exit code for what the user has to fix, and for our own bugs. */
export const EXIT_FIX = 2;
export const EXIT_BUG = 70;

interface DescribeOptions {
  readonly color: boolean;
  /** The folder the user stands in: paths below it are shown as they would be typed there. */
  readonly folder: string;
}

/** How a failure reads on a terminal. */
export function describeFailure(
  error: unknown,
  { color, folder }: DescribeOptions,
): { readonly text: string; readonly exitCode: number } {
  const paint = (style: 'red' | 'bold' | 'cyan', text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const mendable = asMendable(error);
  if (mendable) {
    const problems = mendable instanceof ConfigurationErrors ? mendable.problems : [mendable];
    const text = problems
      .map((problem, index) => {
        const place = clean(placeOf(problem, folder));
        const message = clean(shorten(problem.message, folder));
        const head = `${paint('red', 'error')} ${place ? `${paint('bold', place)} ` : ''}${message}`;
        const isShown = index > 0 && formatLocation(problem.at) === formatLocation(problems[index - 1]?.at);
        const source = problem.at && !isShown && showSourceLine(problem.at);
        const remedy = problem.remedy && `  ${paint('cyan', '->')} ${clean(shorten(problem.remedy, folder))}`;
        return [head, source, remedy].filter(Boolean).join('\n');
      })
      .join('\n');
    return { text: `${text}\n`, exitCode: EXIT_FIX };
  }
  if (isSignal(error)) return { text: `stopped by ${error}\n`, exitCode: EXIT_FIX };
  const stack = error instanceof Error ? (error.stack ?? error.message) : errorMessage(error);
  return {
    text: `${paint('red', 'This is a bug in mainline.')} Please report it with this text:\n${clean(stack)}\n`,
    exitCode: EXIT_BUG,
  };
}

/** Work that a signal stops is thrown out of with the signal's name. */
function isSignal(error: unknown): error is string {
  return typeof error === 'string' && /^SIG[A-Z]+$/u.test(error);
}

/** Paths as one would type them here. */
function shorten(text: string, folder: string): string {
  return text.replaceAll(`${folder}${sep}`, '');
}

/** Where to look; nothing when the sentence begins with it anyway. */
function placeOf({ at, message }: ConfigurationError, folder: string): string {
  const place = shorten(formatLocation(at), folder);
  const isSaid = at?.line === undefined && shorten(message, folder).startsWith(`${place} `);
  if (isSaid) return '';
  const revision = at?.revision;
  return revision === undefined || message.includes(revision) ? place : `${place} (${revision})`;
}

/** What the operating system refuses, wherever it was asked: the machine is to be mended, not mainline. */
const REFUSALS: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  EACCES: ['permission is denied', 'Give yourself the right to it, or work in a copy.'],
  EPERM: ['permission is denied', 'Give yourself the right to it, or work in a copy.'],
  EROFS: ['the file system is read-only', 'Work in a copy elsewhere.'],
  ENOSPC: ['the disk is full', 'Free some space and run again.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and run again.'],
  ENOTDIR: ['a part of this path is a file, where a folder is needed', 'Rename or remove it.'],
  EISDIR: ['this is a folder, where a file is needed', 'Rename or remove it.'],
  ERR_FS_EISDIR: ['this is a folder, where a file is needed', 'Rename or remove it.'],
  ELOOP: ['this link leads to itself', 'Mend the link.'],
  ENAMETOOLONG: ['this name is longer than the file system takes', 'Shorten it.'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n) and run again.'],
};

function asMendable(error: unknown): ConfigurationError | undefined {
  if (error instanceof ConfigurationError) return error;
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  const [what, remedy] = REFUSALS[String(error.code)] ?? [];
  if (what === undefined) return undefined;
  return new ConfigurationError(what, { at: { file: String(error.path) }, remedy, cause: error });
}

/**
 * Text from files may carry control characters, which a terminal must not obey, and lines that begin with two colons, which
 * are commands to GitHub's runner.
 */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
  return text.replace(controls, '\ufffd').replace(/\n(?=[ \t]*::)/gu, ' ');
}
