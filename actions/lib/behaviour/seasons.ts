// Seasonal validation: a model trained in one season fails in the next, so a report says which declared contexts the
// training rows have never seen, and which the test rows do not cover.
import { z } from 'zod';
import { type Contexts, contextOf } from '#lib/behaviour/contexts.ts';
import { readMoment } from '#lib/behaviour/moment.ts';
import type { Column } from '#lib/tables/table.ts';

const countsSchema = z.strictObject({ training: z.number(), test: z.number() });

export const seasonsSchema = z.strictObject({
  /** Rows per context, in declared order, the default last. */
  contexts: z.array(z.strictObject({ name: z.string(), ...countsSchema.shape })).readonly(),
  neverTrained: z.array(z.string()).readonly(),
  notEvaluated: z.array(z.string()).readonly(),
  /** Rows whose time is missing or no time. */
  unreadable: countsSchema,
  /** can't tell: one of the two has no row with a time. */
  status: z.enum(['covered', 'not covered', "can't tell"]),
  /** Such as `trained without christmas; evaluated without christmas and night`. */
  words: z.string(),
});

export type Seasons = Readonly<z.output<typeof seasonsSchema>>;

/** When the rows were observed. */
export interface ObservedRows {
  readonly training: Column;
  readonly test: Column;
}

/** Counts the rows of each context. */
export function checkSeasons({ training, test }: ObservedRows, contexts: Contexts): Seasons {
  const [trained, tested] = [countContexts(training, contexts), countContexts(test, contexts)];
  const names = [...contexts.spec.contexts.map(({ name }) => name), contexts.spec.default];
  const neverTrained = names.filter(name => !trained.counts.has(name));
  const notEvaluated = names.filter(name => !tested.counts.has(name));
  const isKnown = trained.counts.size > 0 && tested.counts.size > 0;
  const isCovered = neverTrained.length + notEvaluated.length === 0;
  return {
    contexts: names.map(name => ({
      name,
      training: trained.counts.get(name) ?? 0,
      test: tested.counts.get(name) ?? 0,
    })),
    neverTrained,
    notEvaluated,
    unreadable: { training: trained.unreadable, test: tested.unreadable },
    status: !isKnown ? "can't tell" : isCovered ? 'covered' : 'not covered',
    words: isKnown
      ? wordsFor(neverTrained, notEvaluated)
      : 'no row of the training or the test says when it was observed',
  };
}

function countContexts({ values }: Column, contexts: Contexts) {
  const counts = new Map<string, number>();
  let unreadable = 0;
  for (const value of values) {
    const moment = readMoment(value);
    if (!moment) {
      unreadable += 1;
      continue;
    }
    const name = contextOf(moment, contexts);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return { counts, unreadable };
}

function wordsFor(neverTrained: readonly string[], notEvaluated: readonly string[]): string {
  const parts = [
    ...(neverTrained.length > 0 ? [`trained without ${listText(neverTrained)}`] : []),
    ...(notEvaluated.length > 0 ? [`evaluated without ${listText(notEvaluated)}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'trained and evaluated in every declared context';
}

function listText(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
