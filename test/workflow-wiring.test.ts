// What workflows give to our actions and take from them, and what each of them may do.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  awaitedWorkflows,
  grantsOf,
  type LocalActions,
  readAction,
  triggersOf,
  wiringProblems,
} from './support/workflow-wiring.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const workflows = globSync('.github/workflows/*.{yml,yaml}', { cwd: root });
const actions = globSync(['actions/*/action.yml', '.github/**/action.yml'], { cwd: root });
const sha = '08c6903cd8c0fde910a37f88322edcfb5dd907a8';

const local: LocalActions = Object.fromEntries(
  actions.map(file => [`./${dirname(file)}`, readAction(read(file))]),
);

test.each(workflows)('%s gives our actions what they take, and takes what they give', file => {
  expect(wiringProblems(read(file), local)).toEqual([]);
});

test('a workflow waits only for one that is there', () => {
  const names = workflows.map(file => parse(read(file)).name);
  const awaited = workflows.flatMap(file => awaitedWorkflows(read(file)));
  expect(awaited).toEqual(expect.arrayContaining(['propose', 'review']));
  expect(awaited.filter(name => !names.includes(name))).toEqual([]);
});

/** The zones of trust: who may do what, and when. A new right is written down here too, or the test says so. */
const zones: Readonly<Record<string, readonly [triggers: string, grants: Readonly<Record<string, string>>]>> =
  {
    advance: ['schedule workflow_dispatch', { advance: 'contents: write, pull-requests: read' }],
    'chat-ops': [
      'issue_comment',
      {
        ask: 'contents: read, checks: read, actions: write, pull-requests: write',
        compare: 'contents: read, actions: read',
        reply: 'contents: read, actions: read, pull-requests: write',
      },
    ],
    ci: ['pull_request push', { test: 'contents: read' }],
    'promote-gate': [
      'pull_request_target workflow_run',
      { gate: 'contents: read, pull-requests: read, checks: write' },
    ],
    propose: [
      'pull_request merge_group',
      { affected: 'contents: read', model: 'contents: read', proposed: '' },
    ],
    publish: [
      'workflow_dispatch',
      { build: 'contents: read', publish: 'contents: write, id-token: write, attestations: write' },
    ],
    release: ['push workflow_dispatch', { release: 'contents: write, pull-requests: write' }],
    review: ['pull_request_review merge_group', { tell: '' }],
    rollout: ['push workflow_dispatch', { rollout: 'contents: write, pull-requests: read' }],
    verify: [
      'workflow_run',
      {
        verify: 'contents: read, actions: read',
        report: 'contents: read, actions: read, pull-requests: write, checks: write',
      },
    ],
  };

test('every workflow has the triggers and rights of its zone, and no other', () => {
  const found = workflows.map(file => {
    const text = read(file);
    const grants = Object.entries(grantsOf(text)).map(([job, all]) => [job, all.join(', ')]);
    return [parse(text).name, [triggersOf(text).join(' '), Object.fromEntries(grants)]];
  });
  expect(Object.fromEntries(found)).toEqual(zones);
});

test('whatever event made the gate run, for one commit one run decides at a time', () => {
  const { concurrency } = parse(read('.github/workflows/promote-gate.yml'));
  expect(concurrency['cancel-in-progress']).toBe(true);
  const [, ...alternatives] = /^promote-gate-\$\{\{ (\S+) \|\| (\S+) \}\}$/u.exec(concurrency.group) ?? [];
  expect(alternatives).toEqual(['github.event.pull_request.head.sha', 'github.event.workflow_run.head_sha']);
});

test('README asks for an app that may do what the workflows take of it, and no more', () => {
  const taken = new Map<string, string>();
  for (const file of workflows)
    for (const [, scope = '', access = ''] of read(file).matchAll(/^ +permission-([\w-]+): (read|write)$/gmu))
      taken.set(scope, taken.get(scope) === 'write' ? 'write' : access);
  const [, section = ''] = read('README.md').split('\n### The app\n');
  const rows = section.split('\n## ')[0]?.matchAll(/^\| (\w[\w ]+) \(\w+\) \| (read[\w -]+) \|/gmu) ?? [];
  const asked = [...rows].map(([, name = '', access = '']) => [
    name.toLowerCase().replace(' ', '-'),
    access === 'read-only' ? 'read' : 'write',
  ]);
  expect(Object.fromEntries(asked)).toEqual(Object.fromEntries(taken));
});

test('a comment starts a job only for people whom GitHub counts to the repository', () => {
  const { jobs } = parse(read('.github/workflows/chat-ops.yml'));
  const associations = /contains\(fromJSON\('(.*?)'\), github\.event\.comment\.author_association\)/u;
  const [, list = '[]'] = associations.exec(jobs.ask.if) ?? [];
  expect(JSON.parse(list)).toEqual(['OWNER', 'MEMBER', 'COLLABORATOR']);
  expect(jobs.ask.if, 'all of it has to hold').not.toContain('||');
  expect(jobs.compare.needs).toBe('ask');
  expect(jobs.reply.needs).toContain('ask');
});

const wired = `on: [push]
jobs:
  first:
    outputs: { made: "\${{ steps.train.outputs.sha256 }}" }
    steps:
      - uses: actions/setup-node@${sha} # v6.0.0
        with: { node-version: 24 }
      - id: train
        uses: ./actions/train
        with: { model: a }
      - if: steps.train.outputs.trained == 'true'
        run: echo
  second:
    needs: [first]
    steps:
      - uses: actions/checkout@${sha} # v5.0.0
        with: { ref: "\${{ github.event.repository.default_branch }}" }
      - env: { MADE: "\${{ needs.first.outputs.made }}", RESULT: "\${{ needs.first.result }}" }
        run: echo
`;
const known: LocalActions = {
  './actions/train': {
    inputs: { model: { required: true }, force: {} },
    outputs: { sha256: {}, trained: {} },
  },
};

test('sound wires have no problem', () => {
  expect(wiringProblems(wired, known)).toEqual([]);
});

describe('a wire that leads nowhere is seen:', () => {
  test.each([
    [
      'an action that is not there',
      './actions/train',
      './actions/trian',
      'job first: there is no action ./actions/trian',
    ],
    [
      'an unknown input',
      '{ model: a }',
      '{ model: a, forse: true }',
      'job first: ./actions/train has no input forse',
    ],
    [
      'a missing input',
      '{ model: a }',
      '{ force: true }',
      'job first: ./actions/train needs the input model',
    ],
    [
      'an unknown output',
      'outputs.trained',
      'outputs.tained',
      'job first: ./actions/train has no output tained',
    ],
    [
      'an unknown step',
      'steps.train.outputs.trained',
      'steps.tain.outputs.trained',
      'job first: there is no step tain',
    ],
    [
      'an unknown output of a job',
      'first.outputs.made',
      'first.outputs.mode',
      'job second: job first has no output mode',
    ],
    ['a job that is not waited for', 'needs: [first]', 'needs: []', 'job second: it does not need first'],
    [
      'another Node',
      'node-version: 24',
      'node-version: 22',
      'job first: setup-node gives Node 22 instead of 24',
    ],
    [
      'a proposal with secrets',
      'on: [push]',
      'on: [pull_request] # secrets.A',
      'what runs proposed code has secrets',
    ],
    [
      'a proposal that may write',
      'on: [push]\njobs:\n  first:',
      'on: { pull_request: null }\njobs:\n  first:\n    permissions: { checks: write }',
      'what runs proposed code may write',
    ],
    [
      'a stranger’s branch where there are rights',
      /on: \[push\](.*)event\.repository\.default_branch/su,
      'on: [pull_request_target]$1event.pull_request.head.sha',
      'a stranger’s event chooses what is checked out',
    ],
    [
      'a cache where there are rights',
      /on: \[push\](.*)actions\/setup-node/su,
      'on: [workflow_run]$1actions/cache/restore',
      'what has rights restores a cache',
    ],
  ])('%s', (_, from, to, problem) => {
    const changed = wired.replace(from, to);
    expect(changed).not.toBe(wired);
    expect(wiringProblems(changed, known)).toContain(problem);
  });
});
