// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the templates of dvc.yaml
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULT_PARSING } from '#lib/dvc/pipeline/arguments.ts';
import { parsePipeline, resolvePipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { pythonRepr } from '#lib/dvc/values/python-text.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { plainOf } from '#lib/dvc/values/yaml-node.ts';
import { parseTree, parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { ConfigurationError, ConfigurationErrors, formatLocation } from '#lib/errors.ts';
import { FIXTURES } from '../values/typed-values.ts';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly hasParams: boolean;
  readonly config?: { readonly bool?: 'boolean_optional'; readonly list?: 'append' };
  readonly resolved?: string;
  readonly error?: string;
}

const recorded: { readonly params: string; readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(`${FIXTURES}templates/templates.json`, 'utf8'),
);

async function resolveCase({ files, hasParams, config }: Case): Promise<Value> {
  const all: Readonly<Record<string, string>> = {
    ...(hasParams && { 'params.yaml': recorded.params }),
    ...files,
  };
  const readText = async (path: string) => all[path.replace('/repo/', '')];
  const tree = await parseTree(all['dvc.yaml'] ?? '', '/repo/dvc.yaml');
  const parsing = { ...DEFAULT_PARSING, ...config };
  const { stages, top } = await resolvePipeline(tree, { root: '/repo', readText, parsing });
  return new Map<string, Value>([
    ['stages', new Map(stages.map(({ name, node }) => [name, plainOf(node)]))],
    ...[...top].map(([key, node]) => [key, plainOf(node)] as const),
  ]);
}

async function expectedOf({ resolved = '' }: Case): Promise<Value> {
  const { value } = await parseTyped(resolved, 'resolved.json');
  const isFilled = (item: Value) =>
    item !== null && !(Array.isArray(item) ? item.length === 0 : sizeOf(item) === 0);
  const entries = value instanceof Map ? [...(value as ReadonlyMap<string, Value>)] : [];
  return new Map(
    entries
      .filter(([key, item]) => key === 'stages' || isFilled(item))
      .map(([key, item]) => [key, item === null ? new Map() : item]),
  );
}

const sizeOf = (item: Value): number => (item instanceof Map ? item.size : 1);

/** Texts in which 1 and 1.0 differ, whatever order the top level has. */
const shown = (value: Value) =>
  value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [key, pythonRepr(item)])) : value;

it.each(recorded.cases.filter(one => one.resolved !== undefined))(
  '$name: filled in as DVC 3.67.1 does',
  async one => {
    expect(shown(await resolveCase(one))).toEqual(shown(await expectedOf(one)));
  },
);

/** Refused when the stage is built, where DVC refuses earlier. */
const LATER = ['a name with an at'];

it.each(recorded.cases.filter(one => one.error !== undefined && !LATER.includes(one.name)))(
  '$name: refused, as DVC 3.67.1 does',
  async one => {
    await expect(resolveCase(one)).rejects.toThrow(ConfigurationError);
  },
);

/** The first problem as `line:column message (remedy)`. */
async function problemOf(text: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    await parsePipeline(text, '/repo/p/dvc.yaml', {
      root: '/repo',
      readText: async path => files[path.replace('/repo/', '')],
    });
    return '';
  } catch (thrown) {
    const first =
      thrown instanceof ConfigurationErrors ? thrown.problems[0] : (thrown as ConfigurationErrors);
    return `${formatLocation(first?.at).replace('/repo/p/', '')} ${first?.message} (${first?.remedy})`;
  }
}

const params = { 'p/params.yaml': 'train: {lr: 0.1, seed: 4}\nwords: [a, b]\n' };

it.each([
  [
    'stages:\n  a:\n    cmd: run --lr ${train.lr} --seed ${train.sed}\n',
    'dvc.yaml:3:38 There is no value for ${train.sed} (Did you mean ${train.seed}?)',
  ],
  [
    'stages:\n  a:\n    cmd: "run\n      ${words}"\n',
    'dvc.yaml:4:7 ${words} is a list, which cannot stand in a command',
  ],
  ['stages:\n  a:\n    cmd: x ${train[}\n', 'dvc.yaml:3:12 ${train[} is not a path to a value'],
  [
    'stages:\n  a:\n    cmd: x\n    outs:\n    - ${train.seed}\n',
    'dvc.yaml:5:7 stages.a.outs[0] must be text',
  ],
  ['stages:\n  a:\n    cmd: ${train}\n', 'dvc.yaml:3:10 stages.a.cmd must be text or a list, found a map'],
  ['vars: [none.yaml]\nstages: {}\n', 'dvc.yaml:1:8 none.yaml, named in vars, does not exist'],
  ['vars: [../../x.yaml]\nstages: {}\n', 'dvc.yaml:1:8 ../../x.yaml is outside the repository'],
  ['vars: [{train: 3}]\nstages: {}\n', 'dvc.yaml:1:8 train of vars[0] is already defined in p/params.yaml'],
  [
    'stages:\n  a:\n    foreach: ${words}\n    do:\n      cmd: x\n      outs: [o]\n',
    'dvc.yaml:6:14 o is also an output of the stage a@a',
  ],
  [
    'stages:\n  a:\n    foreach: ${train.lr}\n    do: {cmd: x}\n',
    'dvc.yaml:3:14 foreach needs a list or a map here, found 0.1',
  ],
])('%j is told at the place of its template', async (text, expected) => {
  expect(await problemOf(text, params)).toContain(expected);
});

it('generated stages stand at their template and know their group', async () => {
  const text =
    'stages:\n  a:\n    foreach: ${words}\n    do:\n      cmd: echo ${item}\n      outs: ["${item}.o"]\n';
  const { stages } = await parsePipeline(text, '/repo/p/dvc.yaml', {
    root: '/repo',
    readText: async () => params['p/params.yaml'],
  });
  expect(
    stages.map(({ name, cmd, group, isParametrized, at }) => [name, cmd, group, isParametrized, at.line]),
  ).toEqual([
    ['a@a', 'echo a', 'a', true, 2],
    ['a@b', 'echo b', 'a', true, 2],
  ]);
  expect(stages[1]?.outs[0]).toMatchObject({
    path: 'b.o',
    absolute: '/repo/p/b.o',
    at: { line: 6, column: 14 },
  });
  expect([...(stages[0]?.used ?? [])]).toEqual([['/repo/p/params.yaml', new Map([['words.0', 'a']])]]);
});

it('a parameters file that no template asks for is not read', async () => {
  const read: string[] = [];
  await parsePipeline('stages:\n  a:\n    cmd: x\n', '/repo/dvc.yaml', {
    root: '/repo',
    readText: async path => {
      read.push(path);
      return undefined;
    },
  });
  expect(read).toEqual([]);
});
