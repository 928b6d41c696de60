import { expect, it } from 'vitest';
import { ConfigurationErrors } from '#lib/errors.ts';
import { readRollout } from '#lib/rollout/intent.ts';
import { digestOf, file, place, rolloutText } from './sample.ts';

const good = rolloutText({ version: '1.1.0.0', from: '1.0.0.0', weights: [10, 50] });

function problemsOf(text: string): readonly string[] {
  try {
    readRollout(text, { file, ...place });
    return [];
  } catch (error) {
    const problems = error instanceof ConfigurationErrors ? error.problems : [error as ConfigurationErrors];
    return problems.map(({ message, at, remedy }) => `${at?.line}: ${message} -> ${remedy}`);
  }
}

it('a good rollout is read, and its digest is of spec as written', () => {
  const intent = readRollout(good, { file, ...place });
  expect(intent.rollout.spec).toMatchObject({
    version: '1.1.0.0',
    from: '1.0.0.0',
    targets: [{ kind: 'embedded' }],
  });
  const commented = readRollout(`# why\n${good.replace('kind: Rollout', 'kind: "Rollout" # a word')}`, {
    file,
    ...place,
  });
  expect(commented.digest).toBe(intent.digest);
  const other = readRollout(good.replace('attempt: 1', 'attempt: 2'), { file, ...place });
  expect(other.digest).not.toBe(intent.digest);
});

it.each<readonly [what: string, from: string, to: string, line: number, words: RegExp]>([
  [
    'an unknown version',
    'version: 1.1.0.0',
    'version: 1.2.0.0',
    5,
    /1\.2\.0\.0 is not among the revisions -> Add/u,
  ],
  ['a version that is none', 'version: 1.1.0.0', 'version: 1.1.0', 5, /MAJOR\.MINOR\.PATCH\.BUILD/u],
  ['a bad digest', digestOf('1.1.0.0'), 'sha256:123', 10, /sha256: and 64 hex digits/u],
  ['a weight beyond 100', 'setWeight: 50', 'setWeight: 150', 15, /100/u],
  ['a negative weight', 'setWeight: 10', 'setWeight: -1', 13, /0/u],
  ['a plan that goes backwards', 'setWeight: 50', 'setWeight: 5', 15, /weights must rise, 5 comes after 10/u],
  ['a weight that stays', 'setWeight: 50', 'setWeight: 10', 15, /weights must rise/u],
  [
    'another model',
    'model: parcels',
    'model: letters',
    3,
    /metadata\.model is "letters", but the path says "parcels"/u,
  ],
  ['another environment', 'environment: production', 'environment: staging', 3, /"staging".*"production"/u],
  ['from as version', 'from: 1.0.0.0', 'from: 1.1.0.0', 6, /both 1\.1\.0\.0|neither version nor from/u],
  ['an unknown key', 'attempt: 1', 'atempt: 1', 7, /atempt.*attempt/u],
  ['an attempt of 0', 'attempt: 1', 'attempt: 0', 7, /1/u],
  ['two things in a step', 'setWeight: 10\n', 'setWeight: 10\n        mirror: 5\n', 13, /exactly one/u],
])('%s is refused at its line with a remedy', (_, from, to, line, words) => {
  expect(good).toContain(from);
  const problems = problemsOf(good.replace(from, () => to));
  expect(
    problems.some(problem => problem.startsWith(`${line}: `) && words.test(problem)),
    problems.join('\n'),
  ).toBe(true);
  for (const problem of problems) expect(problem).not.toMatch(/-> undefined/u);
});

it.each([
  ['text that is no YAML', '{{{'],
  ['nothing', ''],
  ['another kind', good.replace('kind: Rollout', 'kind: Model')],
  ['a third revision', good.replace('  plan:', `    9.9.9.9: {model: "${digestOf('9.9.9.9')}"}\n  plan:`)],
  ['a password in an address', `${good}  targets: [{kind: embedded, url: "http://me:secret@host"}]\n`],
  ['slow_rate without its limit', `${good}  judge: {guards: [{metric: slow_rate, atMost: 0.1}]}\n`],
])('%s is refused', (_, text) => expect(problemsOf(text)).not.toEqual([]));
