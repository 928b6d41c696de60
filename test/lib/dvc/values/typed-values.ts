// Values written in JSON with their Python types named: what the fixtures made by the real DVC use.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scalar, Value } from '#lib/dvc/values/value.ts';

export const FIXTURES = `${join(import.meta.dirname, '../../../fixtures/dvc')}/`;

/** b: boolean, n: null, i: integer, f: float (hexadecimal, repr), s: text, l: list, m: map. */
export type Typed =
  | readonly ['b', boolean]
  | readonly ['n']
  | readonly ['i', string]
  | readonly ['f', string, string]
  | readonly ['s', string]
  | readonly ['l', readonly Typed[]]
  | readonly ['m', readonly (readonly [Typed, Typed])[]];

export interface EmittedDocument {
  readonly value: Typed;
  readonly yaml: string;
  readonly json: string;
  readonly readable: boolean;
}

export function readEmitted(): readonly EmittedDocument[] {
  return JSON.parse(readFileSync(`${FIXTURES}emitted.json`, 'utf8'));
}

export function fromTyped(typed: Typed): Value {
  switch (typed[0]) {
    case 'n':
      return null;
    case 'i':
      return BigInt(typed[1]);
    case 'f':
      return (
        { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }[typed[2]] ?? Number(typed[2])
      );
    case 'l':
      return typed[1].map(fromTyped);
    case 'm':
      return new Map(typed[1].map(([key, item]) => [fromTyped(key) as Scalar, fromTyped(item)]));
    default:
      return typed[1];
  }
}
