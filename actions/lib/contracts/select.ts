// Which checks somebody asks for: by dimension, tag, severity or rule. A quality rule says its dimension and tags itself;
// what the standard writes in other words (required, unique, types) has the dimension that it is about.
import type { Check } from '#lib/contracts/check.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { Quality } from '#lib/contracts/odcs-quality.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';

/** Each list lets through what it names one of; an empty one lets everything through. */
export interface Selection {
  readonly dimensions?: readonly string[];
  readonly tags?: readonly string[];
  readonly severities?: readonly string[];
  /** Ids, kinds of rules or columns: `hour.minimum`, `unique`, `hour`. */
  readonly rules?: readonly string[];
}

/** The dimensions of the standard, with the short names that it has for them. */
export const DIMENSIONS: ReadonlyMap<string, string> = new Map([
  ['ac', 'accuracy'],
  ['cp', 'completeness'],
  ['cf', 'conformity'],
  ['cs', 'consistency'],
  ['cv', 'coverage'],
  ['tm', 'timeliness'],
  ['uq', 'uniqueness'],
]);

const OF_RULES: Readonly<Record<string, string>> = {
  ...{ required: 'completeness', nullValues: 'completeness', missingValues: 'completeness' },
  ...{ unique: 'uniqueness', primaryKey: 'uniqueness', duplicateValues: 'uniqueness' },
  ...{ relationship: 'consistency', sla: 'timeliness', rows: 'coverage', rowCount: 'coverage' },
};

interface Said {
  readonly dimension?: string | undefined;
  readonly tags: readonly string[];
}

/** @param index of the table in the contract */
export function selectChecks(
  document: CheckedDocument<Contract>,
  index: number,
  { dimensions = [], tags = [], severities = [], rules = [] }: Selection,
): (check: Check) => boolean {
  const said = saidAt(document, index);
  const isAsked = (asked: readonly string[], has: readonly (string | undefined | null)[]) =>
    asked.length === 0 || asked.some(one => has.includes(one));
  return check => {
    const { dimension = OF_RULES[check.rule] ?? 'conformity', tags: own = [] } =
      said.get(`${check.at.line}:${check.at.column}`) ?? {};
    const columnTags = (check.column === null ? undefined : said.get(check.column))?.tags ?? [];
    return (
      isAsked(dimensions.map(fullDimension), [fullDimension(dimension)]) &&
      isAsked(tags, [...own, ...columnTags, ...(said.get('')?.tags ?? [])]) &&
      isAsked(severities, [check.severity]) &&
      isAsked(rules, [check.id, check.rule, check.column])
    );
  };
}

function fullDimension(word: string): string {
  return DIMENSIONS.get(word.toLowerCase()) ?? word.toLowerCase();
}

/** By `line:column` of a quality rule, by name of a column, and by '' for the table. */
function saidAt(document: CheckedDocument<Contract>, index: number): ReadonlyMap<string, Said> {
  const said = new Map<string, Said>();
  const table = document.value.schema?.[index];
  const add = (rules: readonly Quality[] = [], path: KeyPath = []) => {
    for (const [i, { dimension, tags = [] }] of rules.entries()) {
      const { line, column } = document.locateKey(['schema', index, ...path, 'quality', i]);
      said.set(`${line}:${column}`, { dimension, tags });
    }
  };
  add(table?.quality);
  said.set('', { tags: [...(document.value.tags ?? []), ...(table?.tags ?? [])] });
  for (const [i, { name, physicalName, tags = [], quality }] of (table?.properties ?? []).entries()) {
    said.set(physicalName ?? name, { tags });
    add(quality, ['properties', i]);
  }
  return said;
}
