// A CODEOWNERS file as GitHub reads it: the last matching line decides, a line it cannot read is skipped and reported.
// https://docs.github.com/repositories, "About code owners".
import { matchesPath, type Pattern, parsePattern, splitPath } from '#lib/approval/pattern.ts';

/** Where the file is looked for; the first that exists is the only one used. */
export const CODEOWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** A larger file is not loaded at all. GitHub says 3 MB; the smaller reading of it is the safe one. */
export const MAX_CODEOWNERS_BYTES = 3_000_000;

/** Longer words are no owner: a login has at most 39 characters, an address 254. */
const MAX_OWNER_LENGTH = 320;

/** One line that counts. Without owners it takes the ownership of earlier lines away. */
export interface OwnerRule {
  /** 1-based. */
  readonly line: number;
  readonly pattern: Pattern;
  /** `@login`, `@organisation/team` or an e-mail address, as written. */
  readonly owners: readonly string[];
}

/** A line that was skipped. */
export interface SkippedLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** A whole file; `isTooLarge` files have no rules. */
export interface Codeowners {
  readonly rules: readonly OwnerRule[];
  readonly skipped: readonly SkippedLine[];
  readonly isTooLarge: boolean;
}

/** The one of these files that GitHub uses, or undefined. */
export function locateCodeowners(paths: Iterable<string>): string | undefined {
  const present = new Set(paths);
  return CODEOWNERS_PATHS.find(path => present.has(path));
}

/** Reads a whole file; never throws. */
export function parseCodeowners(text: string): Codeowners {
  if (Buffer.byteLength(text) > MAX_CODEOWNERS_BYTES) return { rules: [], skipped: [], isTooLarge: true };
  const rules: OwnerRule[] = [];
  const skipped: SkippedLine[] = [];
  text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .forEach((content, index) => {
      const line = index + 1;
      const parsed = parseLine(content);
      if (parsed && 'reason' in parsed) skipped.push({ line, text: content, ...parsed });
      else if (parsed) rules.push({ line, ...parsed });
    });
  return { rules, skipped, isTooLarge: false };
}

/** The rule that decides on a path: the last one that matches; undefined when none does. */
export function ownersOf(file: Codeowners, path: string): OwnerRule | undefined {
  const parts = splitPath(path);
  return file.rules.findLast(rule => matchesPath(rule.pattern, parts));
}

function parseLine(text: string): Omit<OwnerRule, 'line'> | { readonly reason: string } | undefined {
  const content = trimBlanks(text.split('#', 1)[0] ?? '');
  if (content === '') return undefined;
  const end = patternEnd(content);
  const pattern = parsePattern(content.slice(0, end));
  if ('invalid' in pattern) return { reason: pattern.invalid };
  const owners = content
    .slice(end)
    .split(/[ \t]/u)
    .filter(word => word !== '');
  const wrong = owners.find(owner => !isOwner(owner));
  if (wrong === undefined) return { pattern, owners };
  return { reason: `"${wrong.slice(0, 60)}" is no @login, @organisation/team or e-mail address` };
}

/** Spaces and tabs only: any other blank is part of a word, and then no owner. */
function trimBlanks(text: string): string {
  let start = 0;
  while (isBlank(text[start])) start++;
  const end = patternEnd(text.slice(start)) + start;
  let last = text.length;
  while (last > end && isBlank(text[last - 1])) last--;
  return text.slice(start, last);
}

/** Where the first blank stands that no backslash escapes. */
function patternEnd(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (isBlank(text[i])) return i;
  }
  return text.length;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function isOwner(word: string): boolean {
  if (word.length > MAX_OWNER_LENGTH) return false;
  return /^@[a-z\d][\w-]*(?:\/[a-z\d][\w.-]*)?$/iu.test(word) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(word);
}
