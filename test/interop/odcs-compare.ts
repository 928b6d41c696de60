// Holds our reading of contracts against the official one: on whole contracts, and on each broken in one place.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { fittingForm } from '#lib/contracts/odcs.ts';
import { contractJsonSchema } from '#lib/contracts/odcs-editor.ts';
import { type Case, type Json, mutate, thin } from './odcs.ts';
import { differences } from './odcs-differences.ts';
import { everything, everythingOf30 } from './odcs-everything.ts';
import { officialJudge } from './odcs-judge.ts';

const root = join(import.meta.dirname, '../..');

/** Our own contracts, the official examples, and one contract of each version with everything in it. */
export function wholeContracts(): readonly Case[] {
  const files = globSync(
    ['data/*/contract.odcs.yaml', 'test/fixtures/contracts/*.odcs.yaml', 'test/fixtures/odcs/**/*.odcs.yaml'],
    { cwd: root },
  );
  const all = everything('v3.1.0') as object;
  return [
    ...files.sort().map(name => ({
      name,
      document: parse(readFileSync(join(root, name), 'utf8'), { merge: true }) as Json,
    })),
    { name: 'everything of 3.1', document: all as Json },
    { name: 'everything of 3.1 as 3.0', document: { ...all, apiVersion: 'v3.0.2' } as Json },
    { name: 'everything of 3.0', document: everythingOf30() },
    { name: 'everything of 3.2', document: everything('v3.2.0') },
  ];
}

/** About `count` of all the ways to break each contract in one place; the seed says which ones. */
export function brokenContracts(
  whole: readonly Case[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly Case[] {
  return whole.flatMap(({ name, document }) =>
    thin([...mutate(document)], count, seed).map(one => ({ ...one, name: `${name}: ${one.name}` })),
  );
}

export interface Comparison {
  /** A sentence for each difference that nothing accounts for. */
  readonly problems: readonly string[];
  /** How often each deliberate difference was met, by name. */
  readonly met: ReadonlyMap<string, number>;
  readonly refused: number;
}

function makeJudges() {
  return {
    official: officialJudge(),
    amended: differences.flatMap(({ name, amend }) => (amend ? [{ name, judge: officialJudge(amend) }] : [])),
    allAmended: officialJudge(text =>
      differences.reduce((schema, { amend }) => amend?.(schema) ?? schema, text),
    ),
    editors: editorsJudge(),
  };
}

/** They take seconds to make. */
let judges: ReturnType<typeof makeJudges> | undefined;

/** Judges every case three times: by the official schema, by ours, and by the JSON Schema that editors get from ours. */
export function compareVerdicts(cases: readonly Case[]): Comparison {
  judges ??= makeJudges();
  const { official, amended, allAmended, editors } = judges;
  const problems: string[] = [];
  const met = new Map<string, number>();
  const count = (name: string) => met.set(name, (met.get(name) ?? 0) + 1);
  let refused = 0;
  for (const { name, document } of cases) {
    const errors = official(document);
    const { success, error } = fittingForm(document).safeParse(document);
    const issues = error?.issues ?? [];
    const strict = success ? undefined : differences.find(one => one.refuses && issues.every(one.refuses));
    if (errors.length > 0) refused++;
    const said = [
      ...errors.map(one => `${one.instancePath} ${one.message}`),
      ...issues.map(one => `${one.path.join('.')} ${one.message}`),
    ];
    const differ = (who: string) => problems.push(`${name}: ${who} (${said.slice(0, 3).join(' | ')})`);
    if (success && errors.length > 0) {
      const one = amended.find(({ judge }) => judge(document).length === 0);
      if (one) count(one.name);
      else if (allAmended(document).length > 0) differ('only the official schema refuses it');
    }
    if (!success && errors.length === 0) {
      if (strict) count(strict.name);
      else differ('only ours refuses it');
    }
    if (editors(document) !== success && !strict) differ(`editors see it as ${success ? 'wrong' : 'right'}`);
  }
  return { problems, met, refused };
}

function editorsJudge(): (document: Json) => boolean {
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  const validate = ajv.compile(contractJsonSchema() as object);
  return document => validate(document) === true;
}
