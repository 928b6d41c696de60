import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type InputsSchema, inputVariable, readInputs } from '#lib/runner/inputs.ts';
import { listActions } from '../support/run-action.ts';

const root = join(import.meta.dirname, '..', '..', 'actions');
const actions = await listActions();

interface ActionFile {
  readonly name: string;
  readonly description: string;
  readonly inputs?: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>;
  readonly outputs?: Readonly<Record<string, { description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

interface Interface {
  readonly inputs: InputsSchema;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Steps anywhere in an example. */
function stepsOf(value: unknown): readonly { uses?: string; with?: Readonly<Record<string, string>> }[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'uses' in value ? [value as { uses: string }] : Object.values(value).flatMap(stepsOf);
}

test('there are actions to look at', () => {
  expect(actions).toContain('validate-data');
});

describe.each(actions)('action.yml of %s', name => {
  const file = parse(readFileSync(join(root, name, 'action.yml'), 'utf8')) as ActionFile;
  const load = (): Promise<Interface> => import(join(root, name, 'interface.ts'));
  const given = file.inputs ?? {};

  test('has the inputs of the schema in their words', async () => {
    const { inputs } = await load();
    const described = Object.entries<z.ZodType>(inputs.shape).map(([key, field]) => [key, field.description]);
    expect(Object.entries(given).map(([key, { description }]) => [key, description])).toEqual(described);
  });

  test('requires what the schema requires', async () => {
    const { inputs } = await load();
    const needed = Object.entries<z.ZodType>(inputs.shape)
      .filter(([, field]) => !field.safeParse(undefined).success)
      .map(([key]) => key);
    const isGivenByRunner = (key: string): boolean => given[key]?.default?.includes('${' + '{') ?? false;
    const required = Object.keys(given).filter(key => given[key]?.required || isGivenByRunner(key));
    expect(required).toEqual(needed);
  });

  test('has the defaults of the schema', async () => {
    const { inputs } = await load();
    for (const [key, { default: text }] of Object.entries(given)) {
      const field: z.ZodType | undefined = inputs.shape[key];
      if (text?.includes('${' + '{')) continue;
      expect(typeof text, key).toMatch(/undefined|string/u);
      expect(field?.safeParse(text), key).toEqual(field?.safeParse(undefined));
    }
  });

  test('has the outputs of the code', async () => {
    const { outputs } = await load();
    const written = Object.entries(file.outputs ?? {}).map(([key, { description }]) => [key, description]);
    expect(Object.fromEntries(written)).toEqual(outputs);
  });

  test('has a README with reasons for its rights, and an example that gives it what it takes', () => {
    const readme = readFileSync(join(root, name, 'README.md'), 'utf8');
    expect(readme).toContain(`# ${name}\n`);
    expect(readme).toContain('**Permissions:**');
    const [, example = ''] = /```yaml\n(.*?)```/su.exec(readme) ?? [];
    const steps = stepsOf(parse(example));
    const own = steps.find(({ uses = '' }) => uses.includes(`/actions/${name}@`));
    const taken = Object.keys(own?.with ?? {});
    expect(own).toBeDefined();
    expect(taken.filter(key => !(key in given))).toEqual([]);
    expect(Object.keys(given).filter(key => given[key]?.required && !taken.includes(key))).toEqual([]);
  });

  test('starts the bundle of its name on Node 24', () => {
    expect(file.runs).toEqual({ using: 'node24', main: `../dist/${name}.js` });
    expect(file.name).toMatch(/^Mainline /u);
    expect(file.description.length).toBeGreaterThan(20);
  });
});

test('an input is looked for under the name the runner gives it', () => {
  expect(inputVariable('github-token')).toBe('INPUT_GITHUB-TOKEN');
  expect(inputVariable('two words')).toBe('INPUT_TWO_WORDS');
});

test('every input that does not fit is told at once', async () => {
  const { inputs } = (await import(join(root, 'train', 'interface.ts'))) as Interface;
  const env = { INPUT_MODEL: '', INPUT_FORCE: 'ture', INPUT_THREADS: '0' };
  expect(() => readInputs(inputs, env)).toThrow(
    expect.objectContaining({
      problems: [
        expect.objectContaining({ message: 'The input model is missing' }),
        expect.objectContaining({ remedy: 'Did you mean "true"?' }),
        expect.objectContaining({ message: 'The input threads: write a whole number from 1' }),
      ],
    }),
  );
});
