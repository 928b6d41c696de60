// Runs a model's behaviour tests: all rows of all tests are scored together, in few calls, and judged test by test.
import type { BehaviourTest, BehaviourTests } from '#lib/behaviour/declared.ts';
import { requireFitting } from '#lib/behaviour/fitting.ts';
import { type Range, rangesOf } from '#lib/behaviour/jitter.ts';
import { judgeTest, type Trial } from '#lib/behaviour/judge-test.ts';
import { matchingRows } from '#lib/behaviour/matching-rows.ts';
import type { BehaviourResults } from '#lib/behaviour/result.ts';
import { type ScoredVariants, scoreVariants } from '#lib/behaviour/score-variants.ts';
import { outputOf, type Subject } from '#lib/behaviour/subject.ts';
import { appendRows, type Variant } from '#lib/behaviour/variants.ts';
import { varyForCases, varyForDirection, varyForInvariance } from '#lib/behaviour/vary.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Table } from '#lib/tables/table.ts';

export interface BehaviourInput {
  /** The test rows: the columns that the model reads, others too. */
  readonly rows: Table;
  /** The key of every test row. */
  readonly keys: readonly string[];
  /** From `typicalRow` of the training rows. */
  readonly typical: Table;
  readonly subject: Subject;
  /** Of the training rows, from `rangesOf`; of the test rows when left out. */
  readonly ranges?: ReadonlyMap<string, Range>;
  readonly seed?: number;
}

/** More answers than this are a mistake in the file, not a test. */
const MOST_ANSWERS = 500_000;

/**
 * Runs all tests.
 * @throws ConfigurationErrors when a test does not fit the rows or the task; ConfigurationError when the model answers
 * none of the rows as they are. A row that only fails once changed is a failure of its test.
 */
export async function runBehaviourTests(
  document: CheckedDocument<BehaviourTests>,
  { rows, keys, typical, subject, ranges = rangesOf(rows), seed = 1 }: BehaviourInput,
): Promise<BehaviourResults> {
  requireFitting(document, { columns: rows.columns, answering: subject, keys });
  const { tests } = document.value.spec;
  const table = appendRows(rows, typical);
  const rowOf = (base: string): number => (base === 'typical' ? rows.rows : keys.indexOf(base));
  const varied: (readonly Variant[])[] = [];
  let asked = 0;
  for (const test of tests) {
    const own = vary(test, { rows, table, ranges, seed, rowOf });
    asked += own.length;
    // At once: all of them together would not fit into memory.
    if (asked > MOST_ANSWERS) throw tooMany(document);
    varied.push(own);
  }
  const variants = varied.flat();
  const used = [...new Set(variants.map(({ row }) => row))];
  const before = await scoreAsTheyAre(subject, table, used);
  const after = await scoreVariants(subject, table, variants);
  const places = new Map(used.map((row, place) => [row, place]));
  let start = 0;
  const results = tests.map((test, index) => {
    const own = varied[index] ?? [];
    const offset = start;
    start += own.length;
    const trials = own.map((variant, place) => trialOf(variant, offset + place, { before, after, places }));
    return judgeTest(test, trials, { answering: subject, table, keys: [...keys, 'typical'] });
  });
  const passed = !results.some(({ status, severity }) => status === 'failed' && severity === 'block');
  return { results, scored: used.length + variants.length, passed };
}

interface Places {
  readonly before: ScoredVariants;
  readonly after: ScoredVariants;
  /** Where a row's own answer stands in `before`. */
  readonly places: ReadonlyMap<number, number>;
}

function trialOf(variant: Variant, index: number, { before, after, places }: Places): Trial {
  return {
    variant,
    before: outputOf(before.outputs, places.get(variant.row) ?? -1),
    after: outputOf(after.outputs, index),
    failure: after.failures.get(index),
  };
}

interface Vary {
  readonly rows: Table;
  /** The same rows and the typical one behind them. */
  readonly table: Table;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly seed: number;
  readonly rowOf: (base: string) => number;
}

function vary(test: BehaviourTest, { rows, table, ranges, seed, rowOf }: Vary): readonly Variant[] {
  if (test.kind === 'minimum' || test.kind === 'edge') return varyForCases(test, { table, ranges, rowOf });
  const input = { table, rows: matchingRows(rows, test.on, seed), ranges, seed };
  return test.kind === 'invariance' ? varyForInvariance(test, input) : varyForDirection(test, input);
}

/** A model that answers none of these rows cannot be tested; the reason is the model's. */
async function scoreAsTheyAre(
  subject: Subject,
  table: Table,
  used: readonly number[],
): Promise<ScoredVariants> {
  const scored = await scoreVariants(
    subject,
    table,
    used.map(row => ({ row, changes: [] })),
  );
  const [reason] = scored.failures.values();
  if (reason === undefined || scored.failures.size < used.length) return scored;
  throw new ConfigurationError(reason, {
    remedy: 'Check that the model is opened with the columns it was trained with.',
  });
}

function tooMany(document: CheckedDocument<BehaviourTests>): ConfigurationError {
  return new ConfigurationError(`These tests ask for more than ${MOST_ANSWERS} answers`, {
    at: document.locate(['spec', 'tests']),
    remedy: 'Lower on.atMost, or give fewer values.',
  });
}
