import { expect, test } from 'vitest';
import { judgeVersion, owedBump } from '#lib/contracts/changes/owed-version.ts';

const judge = (bump: Parameters<typeof judgeVersion>[0], from: string, to: string) =>
  judgeVersion(bump, { from, to });

test('the worst change for the consumer decides', () => {
  expect(owedBump([])).toBeNull();
  expect(owedBump([{ consumer: 'patch' }, { consumer: 'minor' }])).toBe('minor');
  expect(owedBump([{ consumer: 'minor' }, { consumer: 'major' }, { consumer: 'patch' }])).toBe('major');
});

// Numbers as `semver -i <bump>` of npm's semver 7 raises them; below 1.0.0 as its caret ranges read them.
test.each([
  ['major', '1.2.3', '2.0.0'],
  ['minor', '1.2.3', '1.3.0'],
  ['patch', '1.2.3', '1.2.4'],
  ['major', '0.2.3', '0.3.0'],
  ['minor', '0.2.3', '0.2.4'],
  ['patch', '0.2.3', '0.2.4'],
  ['minor', '1.2.3+build.7', '1.3.0'],
  ['major', '2.0.0-rc.1', '2.0.0'],
] as const)('a %s change after %s asks for %s', (bump, from, write) => {
  expect(judge(bump, from, from)).toMatchObject({ write, problem: expect.stringContaining(write) });
  expect(judge(bump, from, write)).toMatchObject({ write, problem: null, note: null });
});

test.each([
  [
    'major',
    '1.2.3',
    '1.3.0',
    'the version rises only from 1.2.3 to 1.3.0, a breaking major change asks for 2.0.0',
  ],
  ['minor', '1.2.3', '1.2.3', 'the version is still 1.2.3, a minor change asks for 1.3.0'],
  ['patch', '1.2.3', '1.2.2', 'the version goes down from 1.2.3 to 1.2.2, a patch change asks for 1.2.4'],
  ['patch', '1.10.0', '1.9.9', 'the version goes down from 1.10.0 to 1.9.9, a patch change asks for 1.10.1'],
  ['patch', '1.2.3', 'v1.2.4', 'the version v1.2.4 is no semantic version'],
  ['patch', '1.2.3', '1.02.4', 'the version 1.02.4 is no semantic version'],
  [null, '1.2.3', '1.2.4', 'the version changes from 1.2.3 to 1.2.4, but nothing else does'],
  [null, '1.2.3', '1.2.2', 'the version goes down from 1.2.3 to 1.2.2, but nothing else does'],
] as const)('%s: %s to %s is told', (bump, from, to, problem) => {
  expect(judge(bump, from, to).problem).toBe(problem);
});

test('a release candidate of what is owed is enough, and so is the next one', () => {
  expect(judge('major', '1.2.3', '2.0.0-rc.1').problem).toBeNull();
  expect(judge('major', '2.0.0-rc.9', '2.0.0-rc.10').problem).toBeNull();
  expect(judge('major', '2.0.0-rc.10', '2.0.0-rc.9').problem).toContain('goes down');
  expect(judge('minor', '1.2.3', '1.3.0-rc.1').problem).toBeNull();
});

test('more than is owed is the right of who writes it', () => {
  expect(judge('patch', '1.2.3', '2.0.0')).toMatchObject({
    problem: null,
    note: '2.0.0 is more than the changes ask for: 1.2.4 would do',
  });
  expect(judge('major', '0.9.0', '1.0.0').problem).toBeNull();
});

test('a version that was none asks for what was probably meant, raised', () => {
  expect(judge('minor', 'v1.2', 'v1.3')).toMatchObject({
    write: '1.3.0',
    problem: 'the version v1.3 is no semantic version',
  });
  expect(judge('minor', 'v1.2', '1.3.0').problem).toBeNull();
});

test('nothing changed and nothing is owed', () => {
  expect(judge(null, '1.2.3', '1.2.3')).toEqual({
    bump: null,
    from: '1.2.3',
    to: '1.2.3',
    write: '1.2.3',
    problem: null,
    note: null,
  });
});
