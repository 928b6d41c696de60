// A syntax error of YAML in words for people who do not know the parser's: what is probably meant, at the place to look at.
import { openMarks } from '#lib/documents/open-marks.ts';

/** What the parser found. */
export interface SyntaxProblem {
  readonly code: string;
  readonly message: string;
  /** In UTF-16 units. */
  readonly offset: number;
}

export interface ExplainedSyntax {
  readonly message: string;
  readonly remedy: string;
  /** Where the mistake is, which may be before the place where the parser stumbled. */
  readonly offset: number;
}

/** What git leaves where it could not merge. */
const CONFLICT = /^(?:<{7}|>{7})(?: .*)?\r?$/mu;
const UNCLOSED = /^Flow (?:map|sequence) (?:must|in block collection must)/u;
/** Codes that, between brackets, mean that entries are not told apart. */
const UNSEPARATED = new Set(['BLOCK_IN_FLOW', 'MULTILINE_IMPLICIT_KEY', 'MISSING_CHAR']);

/** Says what is wrong with a text that the parser refused. */
export function explainSyntax(text: string, problem: SyntaxProblem): ExplainedSyntax {
  const { code, message, offset } = problem;
  const conflict = CONFLICT.exec(text);
  if (conflict) {
    return {
      message: 'there is an unresolved merge conflict',
      remedy:
        'Keep one side, or both by hand, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>.',
      offset: conflict.index,
    };
  }
  if (message.includes('call stack')) {
    return { message: 'it is nested too deeply', remedy: 'Write it flatter.', offset };
  }
  const { brackets, quote } = openMarks(text, offset);
  const open = brackets.at(-1);
  if (message.startsWith('Missing closing') && quote !== undefined) {
    const remedy = 'Close it where the text ends; within double quotes a backslash stands before a quote.';
    return { message: `this quote (${text[quote]}) is not closed`, remedy, offset: quote };
  }
  if (open !== undefined && UNCLOSED.test(message)) return unclosed(text, open);
  if (open !== undefined && UNSEPARATED.has(code)) {
    return {
      message: `between ${text[open]} and ${closing(text, open)} a comma or a colon is missing here`,
      remedy: 'Write a comma between entries, and a colon and a space between key and value.',
      offset,
    };
  }
  return { offset: afterSpaces(text, offset), ...explainBlock(text, problem) };
}

function afterSpaces(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ') at++;
  return at;
}

function unclosed(text: string, open: number): ExplainedSyntax {
  const close = closing(text, open);
  return {
    message: `this ${text[open]} is not closed`,
    remedy: `Write ${close} after the last entry; the lines up to it are indented further than the key.`,
    offset: open,
  };
}

function closing(text: string, open: number): string {
  return text[open] === '[' ? ']' : '}';
}

type Words = Pick<ExplainedSyntax, 'message' | 'remedy'>;

/** Mistakes of lines and their indentation. */
function explainBlock(text: string, { code, message, offset }: SyntaxProblem): Words {
  if (code === 'DUPLICATE_KEY') {
    return { message: `the key ${keyAt(text, offset)} is there twice`, remedy: 'Remove one of the two.' };
  }
  if (code === 'TAB_AS_INDENT') return { message: 'a tab is used to indent', remedy: 'Indent with spaces.' };
  if (code === 'MULTILINE_IMPLICIT_KEY' || message.startsWith('Implicit map keys need')) {
    return {
      message: `a colon is missing after the key ${keyAt(text, offset)}?`,
      remedy: 'Write key: value; the further lines of a text are indented further than its key.',
    };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return explainNested(text, offset);
  if (code === 'BAD_INDENT' || message.startsWith('Sequence item without')) {
    return {
      message: 'this line is indented like none of those that it could belong to',
      remedy:
        'Give all keys of a map, and all dashes of a list, the same number of leading spaces; or is a [ or { above not closed?',
    };
  }
  if (code === 'UNEXPECTED_TOKEN' && message.startsWith('Unexpected scalar at node end')) {
    return {
      message: 'this belongs to nothing above it',
      remedy: 'Indent it as a part of what is above; a map and a list cannot be mixed at one level.',
    };
  }
  if (code === 'BAD_SCALAR_START') {
    return {
      message: `a text cannot begin with ${text[offset]} unless it is in quotes`,
      remedy: 'Put it in quotes.',
    };
  }
  if (code === 'BAD_DQ_ESCAPE') {
    return {
      message: 'within double quotes this backslash means nothing',
      remedy: 'Write two, or use single quotes.',
    };
  }
  if (code === 'MULTIPLE_DOCS') {
    return {
      message: 'a second document begins here',
      remedy: 'Keep one document in a file: remove the line ---.',
    };
  }
  return {
    message: message.replace(/\s+/gu, ' ').replace(/^[A-Z]/u, letter => letter.toLowerCase()),
    remedy: 'Mend the syntax at this place; an editor with YAML support shows it as you type.',
  };
}

/** `a: b: c`, or a text with keys below it. */
function explainNested(text: string, offset: number): Words {
  if (/:\s/u.test(lineFrom(text, offset))) {
    return {
      message: 'a second colon on one line cannot begin another value',
      remedy: 'Put a text that holds a colon and a space in quotes, or begin a new line below the key.',
    };
  }
  return {
    message: 'a key has this text as its value, and keys of its own below',
    remedy: 'Indent the lines below as far as the key, or remove the text.',
  };
}

/** The word that stands there, up to its colon. */
function keyAt(text: string, offset: number): string {
  const line = lineFrom(text, offset);
  const [key = line] = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|.*?(?=:(?:\s|$)|\s+#|$))/u.exec(line) ?? [];
  const word = key.trim();
  return word.length > 60 ? `${word.slice(0, 57)}...` : word;
}

function lineFrom(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(offset, end < 0 ? text.length : end).replace(/\r$/u, '');
}
