// Columns of texts of which a statement asks nothing but their numbers: an engine that parses them while it reads the file
// has no texts to make first.
import type { Condition } from '#lib/contracts/check.ts';
import type { Columns } from '#lib/contracts/sql/conditions.ts';
import type { Questions } from '#lib/contracts/sql/statements.ts';

/** Their names, in the order of the file. */
export function readAsNumbers(
  { conditions, keys, ranges = [], moments = [] }: Questions,
  columns: Columns,
): readonly string[] {
  const leaves = conditions.flatMap(leavesOf);
  const asNumbers = new Set(leaves.filter(asksForNumber).map(({ column }) => column));
  const asTexts = new Set([
    ...leaves.filter(leaf => !asksForNumber(leaf) && !isMissing(leaf)).map(({ column }) => column),
    ...[...keys, ...ranges].flat(),
    ...moments.map(({ column }) => column),
  ]);
  return [...columns.values()]
    .filter(({ name, form }) => form === 'text' && asNumbers.has(name) && !asTexts.has(name))
    .map(({ name }) => name);
}

type Leaf = Exclude<Condition, { kind: 'any' }>;

function leavesOf(condition: Condition): readonly Leaf[] {
  return condition.kind === 'any' ? condition.conditions.flatMap(leavesOf) : [condition];
}

/** The same of texts and of numbers, as long as no word stands for a value that is missing. */
function isMissing(leaf: Leaf): boolean {
  return leaf.kind === 'missing' && leaf.words.length === 0;
}

function asksForNumber(leaf: Leaf): boolean {
  switch (leaf.kind) {
    case 'not-of-type':
    case 'beyond':
      return leaf.type === 'integer' || leaf.type === 'number';
    case 'not-multiple':
      return true;
    case 'among':
    case 'not-among':
      return leaf.values.every(value => typeof value === 'number');
    default:
      return false;
  }
}
