// What a change of a contract means to both sides of it. A promise that becomes weaker breaks those who read the data, one
// that becomes stronger breaks those who deliver it; so every comparison says only its effect, and the verdicts follow.
import type { KeyPath } from '#lib/documents/document.ts';
import type { Location } from '#lib/errors.ts';

/** The part of a semantic version that a change asks for. */
export type Bump = 'major' | 'minor' | 'patch';

/**
 * loosened: more data keeps the contract than before. tightened: less does. reworked: other data does, so that both sides
 * break. renamed: the same data under a name that only readers use. noted: worth knowing, nobody breaks. reworded: words.
 */
export type Effect = 'loosened' | 'tightened' | 'reworked' | 'renamed' | 'noted' | 'reworded';

/** The verdicts of each effect. */
export const VERDICTS: Readonly<Record<Effect, { readonly consumer: Bump; readonly producer: Bump }>> = {
  loosened: { consumer: 'major', producer: 'minor' },
  tightened: { consumer: 'minor', producer: 'major' },
  reworked: { consumer: 'major', producer: 'major' },
  renamed: { consumer: 'major', producer: 'patch' },
  noted: { consumer: 'minor', producer: 'minor' },
  reworded: { consumer: 'patch', producer: 'patch' },
};

/** One difference between two contracts. */
export interface Change {
  /** By names, so that it stays when lists are reordered: `orders.amount.logicalTypeOptions.maximum`. */
  readonly path: string;
  /** One sentence without its full stop. */
  readonly what: string;
  /** As written; null where it is not there. */
  readonly from: unknown;
  readonly to: unknown;
  readonly effect: Effect;
  readonly consumer: Bump;
  readonly producer: Bump;
  /** Columns as the data names them, before and after; empty where it concerns a whole table or contract. */
  readonly columns: readonly string[];
  /** In the new contract; in the old one for what is gone. */
  readonly at: Location;
}

/** An element that both contracts have, and where each has it. */
export interface Place {
  readonly path: string;
  readonly base: KeyPath;
  readonly head: KeyPath;
  readonly columns: readonly string[];
}

/** A change whose place has not been looked up yet. */
export interface Finding extends Place, Pick<Change, 'what' | 'from' | 'to' | 'effect'> {}

/** A key of an element, or several on the way down. */
export function below({ path, base, head, columns }: Place, ...keys: readonly string[]): Place {
  return {
    path: [path, ...keys].filter(Boolean).join('.'),
    base: [...base, ...keys],
    head: [...head, ...keys],
    columns,
  };
}

/** What differs at a place; `as` is what people call it, such as `the maximum`. */
export interface Difference {
  readonly as: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly effect: Effect;
}

/** A finding in words: `the maximum of orders.amount is 5 and was 3`. */
export function finding(place: Place, of: string, { as, from, to, effect }: Difference): Finding {
  const noun = of === '' ? as : `${as} of ${of}`;
  return { ...place, what: sayChange(noun, from, to), from: from ?? null, to: to ?? null, effect };
}

function sayChange(noun: string, from: unknown, to: unknown): string {
  if (from === undefined) return `${noun} is now ${show(to)}, nothing was said before`;
  if (to === undefined) return `${noun} is no longer said, it was ${show(from)}`;
  return `${noun} is ${show(to)} and was ${show(from)}`;
}

const LONGEST = 80;

/** A value in a sentence. */
export function show(value: unknown): string {
  const text = Array.isArray(value)
    ? value.map(item => show(item)).join(', ')
    : typeof value === 'string'
      ? value
      : (JSON.stringify(value) ?? 'nothing');
  const characters = Array.from(text === '' ? '""' : text);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : characters.join('');
}
