// What somebody asks for in a comment: `/mainline <verb> ...` in its first line. The text is a stranger's; it becomes one of
// a few commands or a refusal, and nothing of it is run.
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';

export type ChatCommand =
  | { readonly verb: 'retry' }
  | { readonly verb: 'explain'; readonly gate: string }
  | { readonly verb: 'compare'; readonly revision: string };

/** The first line as it is written, and what it asks for. */
export interface Asked {
  readonly line: string;
  readonly command: ChatCommand;
}

const verbs = ['retry', 'explain', 'compare'] as const;
/** A version, branch, tag or commit: no option of git, no range, no way up. */
const REVISION = /^[a-z0-9](?:[\w./@+-]{0,198}\w)?$/iu;
const LONGEST_LINE = 300;

/** One line a command. */
export const CHAT_HELP = `/mainline retry: runs the proposal's jobs again
/mainline explain <gate>: what a gate means, what it found, what would pass
/mainline compare <version, branch, tag or commit>: holds the proposal's model against another one`;

/**
 * Reads a comment.
 * @returns undefined for one that is not meant for us.
 * @throws ConfigurationError for a command that there is not, with what there is.
 */
export function readCommand(body: string): Asked | undefined {
  const line = (body.trimStart().split(/\r?\n/u)[0] ?? '').trim();
  if (!/^\/mainline(?:\s|$)/u.test(line)) return undefined;
  const [, verb = '', ...rest] = line.slice(0, LONGEST_LINE).split(/\s+/u);
  const argument = unquoted(rest.join(' '));
  return { line: line.slice(0, LONGEST_LINE), command: toCommand(verb, argument) };
}

function toCommand(verb: string, argument: string): ChatCommand {
  switch (verb) {
    case 'retry':
      if (argument !== '') throw refuse('retry takes nothing behind it');
      return { verb };
    case 'explain':
      if (argument === '') throw refuse('explain needs the name of a gate');
      return { verb, gate: argument };
    case 'compare':
      if (!REVISION.test(argument) || argument.includes('..')) {
        throw refuse(argument === '' ? 'compare needs something to compare with' : 'this names no revision');
      }
      return { verb, revision: argument };
    default: {
      const near = nearestWord(verb, verbs);
      const words = verb === '' ? 'there is no command here' : `there is no command "${verb}"`;
      throw refuse(near ? `${words}; did you mean "${near}"?` : words);
    }
  }
}

/** People quote names as Markdown does. */
function unquoted(text: string): string {
  return /^(?<mark>[`"'])(?<inner>.*)\k<mark>$/u.exec(text)?.groups?.inner?.trim() ?? text;
}

function refuse(message: string): ConfigurationError {
  return new ConfigurationError(message, { remedy: CHAT_HELP });
}
