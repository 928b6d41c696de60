// Quality rules. A rule is the same one by its id, else its name, else what it measures; its limit is looser when everything
// that kept the old one keeps it, and a rule that only warns binds nobody.
import {
  below,
  type Effect,
  type Finding,
  finding,
  type Place,
  show,
} from '#lib/contracts/changes/change.ts';
import { type Pair, pairUp } from '#lib/contracts/changes/pair.ts';
import { compareArguments, sayArguments } from '#lib/contracts/changes/quality-arguments.ts';
import { compareCode, compareLimit } from '#lib/contracts/changes/quality-limits.ts';
import { rankSeverity } from '#lib/contracts/changes/ranks.ts';
import { isSame, unorderedJson } from '#lib/contracts/changes/unordered.ts';
import { compareWords } from '#lib/contracts/changes/words.ts';
import { OPERATORS, type Quality, qualityKind } from '#lib/contracts/odcs-quality.ts';

/** The rules of one table or column; `of` names it. */
export function compareQuality(
  base: readonly Quality[] | undefined,
  head: readonly Quality[] | undefined,
  { place, of }: { readonly place: Place; readonly of: string },
): readonly Finding[] {
  const pairs = pairUp(base, head, [({ id }) => id, ({ name }) => name, measureKey, metricOf]);
  return pairs.flatMap(pair => compareRule(pair, { place, of }));
}

function metricOf(rule: Quality): string {
  const kind = qualityKind(rule);
  return kind === 'library' ? (rule.metric ?? rule.rule ?? kind) : kind;
}

function measureKey(rule: Quality): string {
  const { arguments: given, query, engine, implementation } = rule;
  return unorderedJson([metricOf(rule), given, query, engine, implementation]);
}

function compareRule(
  { base, head }: Pair<Quality>,
  { place, of }: { readonly place: Place; readonly of: string },
): readonly Finding[] {
  const [before, after] = [base?.item, head?.item];
  const rule = after ?? before;
  if (!rule) return [];
  const name = rule.id ?? rule.name ?? metricOf(rule);
  const here: Place = {
    ...place,
    path: `${place.path}.quality.${name}`,
    base: [...place.base, 'quality', base?.index ?? 0],
    head: [...place.head, 'quality', head?.index ?? 0],
  };
  const said = `the rule ${show(name)}${of === '' ? '' : ` of ${of}`}`;
  if (!before || !after) {
    const effect = binding([rule], after ? 'tightened' : 'loosened');
    return [
      {
        ...here,
        what: `${said} is ${after ? 'new' : 'gone'}`,
        from: before ?? null,
        to: after ?? null,
        effect,
      },
    ];
  }
  return compareParts(before, after, { place: here, of: said });
}

/** Nobody breaks by a rule that only warns, before and after. */
function binding(rules: readonly Quality[], effect: Effect): Effect {
  const isMeant = rules.some(({ severity }) => rankSeverity(severity) === 2);
  return isMeant || effect === 'reworded' ? effect : 'noted';
}

interface Named {
  readonly place: Place;
  readonly of: string;
}

const COMPARED: readonly string[] = [
  ...[
    'id',
    'name',
    'type',
    'metric',
    'rule',
    'arguments',
    'unit',
    'query',
    'engine',
    'implementation',
    'severity',
  ],
  ...OPERATORS,
];

function compareParts(before: Quality, after: Quality, { place, of }: Named): readonly Finding[] {
  const tell = (key: string, difference: Omit<Parameters<typeof finding>[2], 'as'> & { as?: string }) => {
    const effect = binding([before, after], difference.effect);
    return finding(below(place, key), of, { as: key, ...difference, effect });
  };
  const [metric, other] = [metricOf(before), metricOf(after)];
  const isText = metric === 'text' && other === 'text';
  const words = compareWords(before, after, {
    place,
    of,
    known: COMPARED,
    // A rule in words is its words.
    effects: isText ? { description: binding([before, after], 'noted') } : {},
  });
  const severity = compareSeverity(before, after, { place, of });
  if (metric !== other) {
    return [
      tell('metric', { as: 'what is measured', from: metric, to: other, effect: 'reworked' }),
      ...severity,
      ...words,
    ];
  }
  const parts = [
    ...(isSame(before.arguments, after.arguments)
      ? []
      : [
          {
            ...tell('arguments', compareArguments(before, after)),
            what: sayArguments(of, before.arguments ?? {}, after.arguments ?? {}),
          },
        ]),
    ...['query', 'engine', 'implementation'].flatMap(key => {
      const [from, to] = [before[key as keyof Quality], after[key as keyof Quality]];
      if (isSame(from, to)) return [];
      return [tell(key, { from, to, effect: compareCode(from, to) })];
    }),
    ...compareLimit(before, after).map(({ key, ...difference }) => tell(key, difference)),
  ];
  const names = ['id', 'name', 'type', 'metric', 'rule'].flatMap(key => {
    const [from, to] = [before[key as keyof Quality], after[key as keyof Quality]];
    return from === to ? [] : [finding(below(place, key), of, { as: key, from, to, effect: 'reworded' })];
  });
  return [...parts, ...severity, ...words, ...names];
}

function compareSeverity(before: Quality, after: Quality, { place, of }: Named): readonly Finding[] {
  const [from, to] = [before.severity, after.severity];
  if (from === to) return [];
  const [was, is] = [rankSeverity(from), rankSeverity(to)];
  const crosses = (was === 2) !== (is === 2);
  const effect = was === is ? 'reworded' : !crosses ? 'noted' : is < was ? 'loosened' : 'tightened';
  return [finding(below(place, 'severity'), of, { as: 'the severity', from, to, effect })];
}
