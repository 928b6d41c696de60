// One test's result from its trials: rows counted, not changes, so that a row with many changes does not weigh more.
import type { BehaviourTest, Expectation } from '#lib/behaviour/declared.ts';
import { answerText, directedScore, expectationAt, hold } from '#lib/behaviour/hold.ts';
import type { BehaviourExample, BehaviourResult } from '#lib/behaviour/result.ts';
import { sentenceOf } from '#lib/behaviour/sentence.ts';
import { type Answering, decisionOf, isAnswered, type Output } from '#lib/behaviour/subject.ts';
import { type Variant, valueAt, valueText } from '#lib/behaviour/variants.ts';
import { wilsonInterval } from '#lib/stats/interval.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import type { Table } from '#lib/tables/table.ts';

/** A variant and what the model said before and after. */
export interface Trial {
  readonly variant: Variant;
  readonly before: Output;
  readonly after: Output;
  /** What the model said instead of an answer. */
  readonly failure: string | undefined;
}

export interface JudgeOptions {
  readonly answering: Answering;
  /** What the variants differ from. */
  readonly table: Table;
  /** By row of the table. */
  readonly keys: readonly string[];
}

interface Miss {
  readonly trial: Trial;
  readonly index: number;
  readonly miss: number;
}

const MOST_EXAMPLES = 5;

/** Counts the rows that hold and picks the worst that do not. */
export function judgeTest(
  test: BehaviourTest,
  trials: readonly Trial[],
  options: JudgeOptions,
): BehaviourResult {
  const isChosen = test.kind === 'minimum' || test.kind === 'edge';
  const worst = new Map<number, Miss | undefined>();
  trials.forEach((trial, index) => {
    const id = isChosen ? index : trial.variant.row;
    const found = hold(test, trial, { answering: options.answering, index });
    const { held } = found;
    // Rounded, since it orders the examples and its last bits differ between processors.
    const miss = roundSignificant(found.miss);
    const known = worst.get(id);
    const isWorse = !held && (!known || miss > known.miss);
    worst.set(id, isWorse ? { trial, index, miss } : known);
  });
  const misses = [...worst.values()].filter(miss => miss !== undefined);
  const n = worst.size;
  const held = n - misses.length;
  const needed = Math.ceil(test.share * n - 1e-9);
  return {
    name: test.name,
    kind: test.kind,
    severity: test.severity,
    why: test.why ?? null,
    status: n === 0 ? "can't tell" : held >= needed ? 'passed' : 'failed',
    n,
    held,
    share: n === 0 ? null : roundSignificant(held / n),
    ci95: n === 0 || isChosen ? null : roundedWilson(held, n),
    required: test.share,
    sentence: sentenceOf(test, { held, n, needed, unit: unitOf(options.answering) }),
    examples: misses
      .toSorted((a, b) => (a.miss === b.miss ? a.index - b.index : b.miss - a.miss))
      .slice(0, MOST_EXAMPLES)
      .map(miss => exampleOf(test, miss, options)),
  };
}

function roundedWilson(held: number, n: number): [number, number] {
  const [lower, upper] = wilsonInterval(held, n);
  return [roundSignificant(lower), roundSignificant(upper)];
}

function unitOf(answering: Answering): string {
  return answering.task === 'regression' ? (answering.unit ?? '') : '';
}

function exampleOf(test: BehaviourTest, { trial, index }: Miss, options: JudgeOptions): BehaviourExample {
  const { variant, before, after, failure } = trial;
  const { answering, table, keys } = options;
  const words = variant.changes.map(({ column, value }) => {
    const own = valueText(valueAt(table, column, variant.row));
    return `${column} ${valueText(value)} instead of ${own}`;
  });
  return {
    row: keys[variant.row] ?? '',
    changed: words.join(', '),
    before: describeAnswer(test, before, answering),
    after: describeAnswer(test, after, answering),
    problem: problemOf(test, { after, failure, index }),
  };
}

function describeAnswer(
  test: BehaviourTest,
  output: Output,
  answering: Answering,
): BehaviourExample['before'] {
  const isMulticlass = answering.task === 'multiclass-classification';
  const score =
    test.kind === 'direction' || !isMulticlass
      ? directedScore(test.kind === 'direction' ? test : {}, output, answering)
      : (output[decisionOf(answering, output)] ?? Number.NaN);
  return {
    score: Number.isFinite(score) ? roundSignificant(score) : null,
    answer: answerText(answering, output),
  };
}

function problemOf(
  test: BehaviourTest,
  {
    after,
    failure,
    index,
  }: { readonly after: Output; readonly failure: string | undefined; readonly index: number },
): string | null {
  if (failure !== undefined) return `the model fails: ${failure}`;
  if (!isAnswered(after)) return 'the answer is no number';
  if (test.kind !== 'minimum' && test.kind !== 'edge') return null;
  return `expected ${expectationText(expectationAt(test.rows, index))}`;
}

function expectationText(expected: Expectation): string {
  if (expected === 'must not fail') return 'an answer';
  if ('between' in expected) return expected.between.join(' to ');
  return 'answer' in expected ? expected.answer : expected.class;
}
