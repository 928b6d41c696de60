import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { matchesPath, parsePattern, splitPath } from '#lib/approval/pattern.ts';

interface PatternCase {
  readonly pattern: string;
  readonly path: string;
  readonly match: boolean;
  readonly name: string;
}

const fixture = join(import.meta.dirname, '../../fixtures/approval/codeowners.json');
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as readonly PatternCase[];

function covers(pattern: string, path: string): boolean {
  const parsed = parsePattern(pattern);
  return !('invalid' in parsed) && matchesPath(parsed, splitPath(path));
}

test.each(cases)('$pattern on $path: $match ($name)', ({ pattern, path, match }) => {
  expect(covers(pattern, path)).toBe(match);
});

describe('a pattern', () => {
  test.each([
    ['a name with an escaped space', 'with\\ space/', 'with space/x', true],
    ['an escaped backslash as a backslash', 'a\\\\b', 'a\\b', true],
    ['an escaped letter as the letter', '\\foo', 'foo', true],
    ['an escaped slash as a slash, which anchors', 'a\\/b', 'a/b', true],
    ['an escaped slash as a slash, which anchors', 'a\\/b', 'x/a/b', false],
    ['brackets as brackets', 'app/[id]/x', 'app/[id]/x', true],
    ['brackets not as a range', '[a-z].md', 'b.md', false],
    ['braces as braces', 'f{a,b}', 'f{a,b}', true],
    ['! inside as a letter', 'a!b', 'a!b', true],
    ['? as exactly one character, also beyond the first plane', 'm?', 'm😀', true],
    ['? not as a slash', 'a?b', 'a/b', false],
    ['* not as a slash', 'a*b', 'a/b', false],
    ['two asterisks inside a name as one', 'x/a**b', 'x/aXb', true],
    ['two asterisks inside a name as one', 'x/a**b', 'x/a/b', false],
    ['** alone as everything', '**', 'a/b', true],
    ['/** as everything', '/**', 'a', true],
    ['a lone * after ** at every depth', 'a/**/*', 'a/b/c/d', true],
    ['a lone * as one name only', '*/*', 'a/b/c', false],
    ['a name that begins with * as a folder too', 'a/*x', 'a/bx/c', true],
    ['all below a lone * with a slash', 'a/*/', 'a/b/c', true],
    ['nothing for an empty name', 'a//b', 'a/b', false],
    ['nothing for a second slash at the start', '//a', 'a', false],
    ['everything below for **/ at the end', 'foo/**/', 'foo/bar', true],
    ['letters, not their cases', 'README.md', 'readme.md', false],
    ['a dot as a dot', 'a.b', 'axb', false],
    ['names that begin with a dot', '*', '.github/x', true],
  ])('takes %s: %s on %s', (_, pattern, path, match) => {
    expect(covers(pattern, path)).toBe(match);
  });

  test.each([
    ['', 'empty'],
    ['/', 'never matches'],
    ['!a', 'later line'],
    ['\\#a', 'comment'],
    ['a#b', 'comment'],
    ['a/***', 'three asterisks'],
    ['a\\', 'backslash'],
    ['a\\\\\\', 'backslash'],
  ])('%s is refused with the reason', (pattern, reason) => {
    expect(parsePattern(pattern)).toEqual({ invalid: expect.stringContaining(reason) });
  });

  test('that is hostile is answered, however many ways there are to try', () => {
    expect(covers(`${'*a'.repeat(5000)}*b`, 'a'.repeat(5000))).toBe(false);
    expect(covers('*a'.repeat(2000), 'a'.repeat(4000))).toBe(true);
    expect(covers(`${'**/a/'.repeat(2000)}b`, `${'a/'.repeat(4000)}c`)).toBe(false);
    expect(covers(`${'?*'.repeat(3000)}/x`, `${'a'.repeat(4000)}/y`)).toBe(false);
  });
});

const character = fc.constantFrom('a', 'a', 'b', '.', '*', '?', '\\*', '\\?', '\\a', '\\ ', '**');
/** Names without what GitHub and git read differently or the generator would have to escape for .gitignore. */
const name = fc
  .array(character, { minLength: 1, maxLength: 4 })
  .map(characters => characters.join(''))
  .filter(text => !text.includes('***') && text !== '**');
const segment = fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: fc.constant('**') });
const patternText = fc
  .record({
    start: fc.constantFrom('', '', '/'),
    segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
    end: fc.constantFrom('', '', '/'),
  })
  .map(({ start, segments, end }) => start + segments.join('/') + end);
const plainName = fc
  .array(fc.constantFrom('a', 'b', '.', '*', ' '), { minLength: 1, maxLength: 3 })
  .map(it => it.join(''))
  .filter(it => it !== '.' && it !== '..');
const names = fc.array(plainName, { maxLength: 2 });

/** A path that has a chance: the pattern with its wildcards filled in, and more before and after it. */
const nearPath = (pattern: string) =>
  fc
    .record({ before: names, inside: names, after: names, filling: fc.constantFrom('', 'a', 'ab', 'b.') })
    .map(({ before, inside, after, filling }) => {
      const filled = pattern.split('/').flatMap(part => (part === '**' ? inside : [fillIn(part, filling)]));
      return [...(pattern.startsWith('/') ? [] : before), ...filled, ...after]
        .filter(part => part !== '' && part !== '.' && part !== '..')
        .join('/');
    })
    .filter(text => text !== '');

const fillIn = (part: string, filling: string) =>
  part.replace(
    /\\(.)|\*+|\?/gu,
    (wildcard, literal?: string) => literal ?? (wildcard === '?' ? 'b' : filling),
  );

const farPath = fc.array(plainName, { minLength: 1, maxLength: 5 }).map(it => it.join('/'));
const questionOf = (pattern: string) =>
  fc.record({ pattern: fc.constant(pattern), path: fc.oneof(nearPath(pattern), farPath) });

/** What git says of each question, all asked at once: question i is the only line of i/.gitignore. */
function askGit(
  questions: readonly { readonly pattern: string; readonly path: string }[],
): readonly boolean[] {
  const folder = mkdtempSync(join(tmpdir(), 'codeowners-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (args: readonly string[], input = '') =>
    spawnSync('git', ['-c', 'core.ignoreCase=false', '-c', 'core.excludesFile=', ...args], {
      cwd: folder,
      input,
      maxBuffer: 1 << 28,
    });
  git(['init', '--quiet']);
  questions.forEach(({ pattern }, index) => {
    mkdirSync(join(folder, String(index)));
    writeFileSync(join(folder, String(index), '.gitignore'), `${pattern}\n`);
  });
  const input = questions.map((question, index) => `${index}/${question.path}\0`).join('');
  const answer = git(['check-ignore', '--no-index', '--stdin', '-z'], input);
  expect(answer.stderr.toString()).toBe('');
  const ignored = new Set(answer.stdout.toString().split('\0'));
  return questions.map((question, index) => ignored.has(`${index}/${question.path}`));
}

/** Git cuts the letters off the front of `a**` + `/` and then takes the asterisks for a whole name; its manual does not. */
const isCutByGit = (pattern: string) => /^[^*?\\]*[^/*?\\]\*\*\//u.test(pattern);

/** `x/*` is where GitHub differs from git, and `x/**` + `/` where its readers do. */
const isSame = (pattern: string) =>
  pattern === '*' || !(/(?:^|\/)(?:\*|\*\*\/)$/u.test(pattern) || isCutByGit(pattern));

describe('git check-ignore', () => {
  test('agrees on thousands of random patterns wherever GitHub follows it', () => {
    const questions = fc
      .sample(patternText.chain(questionOf), { numRuns: 4000, seed: 20261121 })
      .filter(it => isSame(it.pattern));
    const answers = askGit(questions);
    expect(answers.filter(Boolean).length).toBeGreaterThan(questions.length / 10);
    const wrong = questions.filter((it, index) => covers(it.pattern, it.path) !== answers[index]);
    expect(wrong).toEqual([]);
  });

  test('agrees on x/* but for what it takes from a folder that matches', () => {
    const flat = fc
      .array(name, { minLength: 1, maxLength: 3 })
      .map(parts => `/${[...parts, '*'].join('/')}`)
      .filter(pattern => !isCutByGit(pattern))
      .chain(questionOf);
    const questions = fc.sample(flat, { numRuns: 1500, seed: 20261122 });
    const own = askGit(questions);
    const folders = askGit(
      questions.map(it => ({ ...it, path: it.path.split('/').slice(0, -1).join('/') || 'none' })),
    );
    const expected = questions.map((_, index) => own[index] && !folders[index]);
    expect(expected.filter(Boolean).length).toBeGreaterThan(50);
    const wrong = questions.filter((it, index) => covers(it.pattern, it.path) !== expected[index]);
    expect(wrong).toEqual([]);
  });
});
