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
import {
  compareSets,
  effectOf,
  type Interval,
  limitSet,
  type Measured,
  moreIs,
} from '#lib/contracts/changes/limit-sets.ts';
import { type Pair, pairUp } from '#lib/contracts/changes/pair.ts';
import { rankSeverity } from '#lib/contracts/changes/ranks.ts';
import { isSame, unorderedJson } from '#lib/contracts/changes/unordered.ts';
import { compareWords } from '#lib/contracts/changes/words.ts';
import { OPERATORS, type Operator, type Quality, qualityKind } from '#lib/contracts/odcs-quality.ts';
import { canonicalJson } from '#lib/documents/canonical.ts';

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
  const names = ['id', 'name'].flatMap(key => {
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

/** A query or a program is another one unless only its spaces differ; its limit inside `implementation` may be told. */
function compareCode(from: unknown, to: unknown): Effect {
  const isSpacing = typeof from === 'string' && typeof to === 'string' && squeeze(from) === squeeze(to);
  if (isSpacing) return 'reworded';
  const [before, after] = [splitLimit(from), splitLimit(to)];
  if (!before || !after || !isSame(before.rest, after.rest)) return 'reworked';
  const [old, now] = [before, after].map(({ operator, operand }) => limitSet(operator, operand, ANY));
  return old && now ? (compareSets(old, now) ?? 'reworded') : 'reworked';
}

function squeeze(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function splitLimit(
  implementation: unknown,
): { readonly operator: Operator; readonly operand: unknown; readonly rest: object } | undefined {
  if (implementation === null || typeof implementation !== 'object') return undefined;
  const entries = Object.entries(implementation);
  const [limit, ...more] = entries.filter(([key]) => OPERATORS.includes(key as Operator));
  if (!limit || more.length > 0) return undefined;
  const rest = Object.fromEntries(entries.filter(([key]) => key !== limit[0]));
  return { operator: limit[0] as Operator, operand: limit[1], rest };
}

const ANY: Measured = { isWhole: false, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

function measuredBy(rule: Quality): Measured {
  if (qualityKind(rule) !== 'library') return ANY;
  if (rule.unit === 'percent') return { isWhole: false, low: 0, high: 100 };
  return { isWhole: true, low: 0, high: Number.POSITIVE_INFINITY };
}

function setOf(rule: Quality): readonly Interval[] | undefined {
  const operator = OPERATORS.find(candidate => rule[candidate] !== undefined);
  return operator && limitSet(operator, rule[operator], measuredBy(rule));
}

function compareLimit(before: Quality, after: Quality) {
  const [was, is] = [before, after].map(rule => OPERATORS.find(operator => rule[operator] !== undefined));
  const isSameUnit = (before.unit ?? 'rows') === (after.unit ?? 'rows');
  if (was === is && isSameUnit && isSame(was && before[was], is && after[is])) return [];
  const [old, now] = [setOf(before), setOf(after)];
  const areNone = [old, now].every(set => set?.length === 1 && set[0]?.high.value === 0);
  const effect: Effect =
    isSameUnit || areNone ? (old && now ? (compareSets(old, now) ?? 'reworded') : 'reworked') : 'reworked';
  const say = (rule: Quality, operator: Operator | undefined) =>
    operator && `${operator} ${show(rule[operator])}${rule.unit === 'percent' ? ' percent' : ''}`;
  const key = is ?? was ?? 'mustBe';
  return [{ key, as: 'the limit', from: say(before, was), to: say(after, is), effect }];
}

type Given = Readonly<Record<string, unknown>>;

/** Of lists only what came and went: `the rule r of orders.day: validValues lose Mon`. */
function sayArguments(of: string, from: Given, to: Given): string {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const parts = keys.flatMap(key => {
    const [before, after] = [from[key], to[key]];
    if (isSame(before, after)) return [];
    if (!Array.isArray(before) || !Array.isArray(after)) {
      return [finding(NOWHERE, '', { as: key, from: before, to: after, effect: 'noted' }).what];
    }
    const without = (list: readonly unknown[], other: readonly unknown[]) =>
      list.filter(item => !other.some(one => isSame(one, item)));
    const [lost, gained] = [without(before, after), without(after, before)];
    const words = [
      lost.length > 0 ? `lose ${show(lost)}` : '',
      gained.length > 0 ? `gain ${show(gained)}` : '',
    ];
    return [`${key} ${words.filter(Boolean).join(' and ') || 'differ'}`];
  });
  return `${of}: ${parts.join(', ')}`;
}

const NOWHERE: Place = { path: '', base: [], head: [], columns: [] };

/** Arguments say what counts; whether counting more is worse depends on the limit. */
function compareArguments(before: Quality, after: Quality) {
  const [from, to] = [before.arguments, after.arguments];
  const [was, is] = [before, after].map(rule => {
    const set = setOf(rule);
    return set && moreIs(set, measuredBy(rule));
  });
  const direction = was === is ? is : undefined;
  const counts = compareCounted(from ?? {}, to ?? {});
  const effect: Effect =
    counts === undefined || direction === undefined
      ? 'reworked'
      : (counts === 'more') === (direction === 'worse')
        ? 'tightened'
        : 'loosened';
  return { as: 'what it counts', from, to, effect };
}

/** Whether the new arguments count everything the old ones do, or the old ones everything the new ones do. */
function compareCounted(from: Given, to: Given): 'more' | 'less' | undefined {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const effects = keys.flatMap(key =>
    isSame(from[key], to[key]) ? [] : [countedBy(key, from[key], to[key])],
  );
  const [first] = effects;
  return effects.every(one => one === first) ? first : undefined;
}

function countedBy(key: string, from: unknown, to: unknown): 'more' | 'less' | undefined {
  if (key === 'pattern') return from === undefined ? 'more' : to === undefined ? 'less' : undefined;
  const [before, after] = [from, to].map(list =>
    Array.isArray(list) ? list.map(item => canonicalJson(item)) : undefined,
  );
  if (key === 'validValues' && (!before || !after)) return before ? 'less' : 'more';
  const [old, now] = [before ?? [], after ?? []];
  const isLarger = effectOf(
    old.every(item => now.includes(item)),
    now.every(item => old.includes(item)),
  );
  if (isLarger === undefined || isLarger === 'reworked') return undefined;
  // More valid values, and more columns in a key, leave less to count; more words for what is missing leave more.
  return (isLarger === 'loosened') === (key === 'missingValues') ? 'more' : 'less';
}
