import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { actionProblems, workflowProblems } from './support/workflow-rules.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const workflows = globSync('.github/workflows/*.{yml,yaml}', { cwd: root });
const actions = globSync(['action.yml', 'actions/*/action.yml', '.github/**/action.yml'], { cwd: root });

test('there are workflows to look at', () => {
  expect(workflows.length).toBeGreaterThan(0);
});

test.each(workflows)('%s keeps every rule', file => {
  expect(workflowProblems(read(file))).toEqual([]);
});

test('every action keeps every rule that applies to it', () => {
  expect(actions.flatMap(file => actionProblems(read(file)).map(problem => `${file}: ${problem}`))).toEqual(
    [],
  );
});

test('a job that runs stages of pipelines installs what they import first, from npm and from pip', () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly if?: string;
  }
  const jobs = workflows.flatMap(file =>
    Object.entries<{ readonly steps?: readonly Step[] }>(parse(read(file)).jobs).map(
      ([name, { steps = [] }]) => ({ name, steps }),
    ),
  );
  const running = jobs.filter(({ steps }) => steps.some(({ uses }) => uses === './actions/setup'));
  expect(running.map(({ name }) => name).sort()).toEqual(['compare', 'model', 'release', 'verify']);
  for (const { name, steps } of running) {
    const at = (fits: (step: Step) => boolean): number => steps.findIndex(fits);
    const stages = at(({ uses }) => /^\.\/actions\/(?:train|verify|release)$/u.test(uses ?? ''));
    const python = at(({ uses }) => uses?.startsWith('actions/setup-python@') ?? false);
    const pip = at(({ run }) => run === 'pip install --requirement requirements.txt');
    const npm = at(({ run }) => run === 'npm ci --ignore-scripts');
    expect([-1 < python, python < pip, pip < stages, -1 < npm, npm < stages], name).not.toContain(false);
    for (const index of [python, pip])
      expect(steps[index]?.if, name).toBe("hashFiles('requirements.txt') != ''");
  }
});

const sha = '08c6903cd8c0fde910a37f88322edcfb5dd907a8';
const sound = `name: test
on: push
permissions: {}
concurrency: { group: a }
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read # to check out the code
    steps:
      - uses: actions/checkout@${sha} # v5.0.0
        with:
          persist-credentials: false
      - uses: ./.github/actions/setup
      - env:
          TITLE: \${{ github.event.pull_request.title }}
        run: echo "$TITLE" \${{ matrix.node }}
  call:
    uses: acme/shop/.github/workflows/a.yml@${sha} # v1
`;

test('a sound workflow has no problem', () => {
  expect(workflowProblems(sound)).toEqual([]);
});

describe('a workflow is refused', () => {
  test.each([
    ['without permissions on top', 'permissions: {}\n', '', 'no permissions: {} on top'],
    [
      'with permissions on top',
      'permissions: {}',
      'permissions: {contents: read}',
      'no permissions: {} on top',
    ],
    ['with read-all on top', 'permissions: {}', 'permissions: read-all', 'no permissions: {} on top'],
    ['without a concurrency group', 'concurrency: { group: a }\n', '', 'no concurrency group'],
    ['without a timeout', '    timeout-minutes: 5\n', '', 'job test has no timeout-minutes'],
    [
      'with a permission for no reason',
      ' # to check out the code',
      '',
      'job test grants contents: read without a reason beside it',
    ],
    [
      'with every permission',
      'permissions:\n      contents: read # to check out the code',
      'permissions: write-all',
      'job test grants write-all instead of single permissions',
    ],
    [
      'with an action by tag',
      `checkout@${sha}`,
      'checkout@v5',
      'actions/checkout@v5 is not pinned by a whole SHA',
    ],
    [
      'with a short SHA',
      `a.yml@${sha}`,
      'a.yml@08c6903',
      'acme/shop/.github/workflows/a.yml@08c6903 is not pinned by a whole SHA',
    ],
    ['with a SHA nobody can read', ' # v5.0.0', '', `actions/checkout@${sha} has no # v comment`],
    [
      'that keeps the token on disk',
      'persist-credentials: false',
      'fetch-depth: 0',
      `actions/checkout@${sha} without persist-credentials: false`,
    ],
    [
      'with event data in a script',
      'echo "$TITLE"',
      `echo "\${{ github.event.issue.title }}"`,
      `a script holds \${{ github.event.issue.title }}: pass it through env`,
    ],
    [
      'with event data inside a larger expression',
      'echo "$TITLE"',
      `echo "\${{ format('{0}', github.event.issue.title) }}"`,
      `a script holds \${{ format('{0}', github.event.issue.title) }}: pass it through env`,
    ],
    [
      'with a branch name in a script',
      'echo "$TITLE"',
      `echo "\${{github.head_ref}}"`,
      `a script holds \${{github.head_ref}}: pass it through env`,
    ],
  ])('%s', (_, from, to, problem) => {
    expect(sound).toContain(from);
    const problems = workflowProblems(sound.replace(from, to));
    expect(problems).toContain(problem);
    // Removing the only setting of `with` may leave more than one thing wrong, but never nothing.
    expect(problems.length).toBeLessThanOrEqual(2);
  });

  test('that is no YAML or has no jobs', () => {
    expect(workflowProblems('a: [')).not.toEqual([]);
    expect(workflowProblems('permissions: {}')).toContain('no jobs');
  });
});

test('an action with a script of event data, or one that is not pinned, is refused', () => {
  const action = `runs:
  using: composite
  steps:
    - uses: actions/setup-node@v6
    - uses: actions/github-script@${sha} # v8
      with:
        script: console.log('\${{ github.event.comment.body }}')
`;
  expect(actionProblems(action)).toEqual([
    'actions/setup-node@v6 is not pinned by a whole SHA',
    `a script holds \${{ github.event.comment.body }}: pass it through env`,
  ]);
});
