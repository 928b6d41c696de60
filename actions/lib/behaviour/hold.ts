// Whether an answer is the expected one, and by how far it misses: the miss orders the examples.
import type { BehaviourTest, Direction, Expectation, Invariance } from '#lib/behaviour/declared.ts';
import {
  type Answering,
  decisionOf,
  distanceBetween,
  isAnswered,
  isSameAnswer,
  noiseOf,
  type Output,
} from '#lib/behaviour/subject.ts';

export interface Answered {
  readonly before: Output;
  readonly after: Output;
}

export interface Held {
  readonly held: boolean;
  /** 0 and more, larger is worse; infinite where there is no answer. */
  readonly miss: number;
}

/** @param index which of the variants of a minimum or edge test */
export function hold(
  test: BehaviourTest,
  { before, after }: Answered,
  { answering, index }: { readonly answering: Answering; readonly index: number },
): Held {
  const isCompared = test.kind === 'invariance' || test.kind === 'direction';
  if (!isAnswered(after) || (isCompared && !isAnswered(before))) {
    return { held: false, miss: Number.POSITIVE_INFINITY };
  }
  if (test.kind === 'invariance') return holdStill(test, { before, after }, answering);
  if (test.kind === 'direction') return holdDirection(test, { before, after }, answering);
  return holdExpectation(expectationAt(test.rows, index), after, answering);
}

/** Rows that were made by `try` come after the declared ones, and must not fail. */
export function expectationAt(rows: readonly { readonly expect: Expectation }[], index: number): Expectation {
  return rows[index]?.expect ?? 'must not fail';
}

function holdStill({ within }: Invariance, { before, after }: Answered, answering: Answering): Held {
  const miss = distanceBetween(before, after);
  if (within === undefined) return { held: isSameAnswer(answering, before, after), miss };
  return { held: miss <= within + noiseOf(before[0] ?? 0, after[0] ?? 0), miss };
}

/** The number that a direction is about: the amount, or the probability of the positive or named class. */
export function directedScore(
  { class: name }: Pick<Direction, 'class'>,
  output: Output,
  answering: Answering,
): number {
  const index = answering.task === 'multiclass-classification' ? answering.classes.indexOf(name ?? '') : 0;
  return output[index] ?? Number.NaN;
}

function holdDirection(test: Direction, { before, after }: Answered, answering: Answering): Held {
  const [from, to] = [directedScore(test, before, answering), directedScore(test, after, answering)];
  const rise = test.answer === 'must rise' || test.answer === 'must not fall' ? to - from : from - to;
  const noise = noiseOf(from, to);
  const needed = test.answer.startsWith('must not')
    ? -(test.within ?? 0) - noise
    : test.atLeastBy === undefined
      ? noise
      : test.atLeastBy - noise;
  return { held: rise >= needed, miss: Math.max(0, needed - rise) };
}

function holdExpectation(expected: Expectation, after: Output, answering: Answering): Held {
  if (expected === 'must not fail') return { held: true, miss: 0 };
  if ('between' in expected) {
    const [low, high] = expected.between;
    const score = after[0] ?? Number.NaN;
    const miss = Math.max(low - score, score - high, 0);
    return { held: miss <= noiseOf(low, high), miss };
  }
  const held = answerText(answering, after) === ('answer' in expected ? expected.answer : expected.class);
  return { held, miss: held ? 0 : 1 };
}

/** positive, negative or the class; null for amounts and where there is no answer. */
export function answerText(answering: Answering, output: Output): string | null {
  const decision = decisionOf(answering, output);
  if (Number.isNaN(decision) || answering.task === 'regression') return null;
  if (answering.task === 'binary-classification') return decision === 1 ? 'positive' : 'negative';
  return answering.classes[decision] ?? null;
}
