// What each check measures: all that one scan can count is counted in one scan, then what needs more than that.
import type { Check, Condition, Measure, MomentColumn } from '#lib/contracts/check.ts';
import type { Data } from '#lib/contracts/data/data.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { type Answers, countAll } from '#lib/contracts/run/count.ts';
import type { Measured } from '#lib/contracts/run/measured.ts';
import { countOrphans } from '#lib/contracts/run/orphans.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import { runQueries } from '#lib/contracts/run/queries.ts';
import type { FindReference } from '#lib/contracts/run/reference.ts';
import type { SampleContext } from '#lib/contracts/run/samples.ts';
import {
  keepExtremes,
  type MomentContext,
  measureServiceLevel,
  momentsToCount,
} from '#lib/contracts/run/service-levels.ts';
import { measureStatistic } from '#lib/contracts/run/statistics/statistic.ts';
import { type FindVersion, type OpenVersion, openVersions } from '#lib/contracts/run/statistics/version.ts';

export interface MeasureContext
  extends Pick<SampleContext, 'parts' | 'engine' | 'references'>,
    Pick<MomentContext, 'extremes'> {
  readonly contract: Contract;
  readonly table: ContractTable;
  readonly data: Data;
  /** Where other tables are. */
  readonly find: FindReference | undefined;
  readonly queryLimitMs: number | undefined;
  /** Where other versions of the data are. */
  readonly findVersion: FindVersion | undefined;
  /** False shows no value of the data. */
  readonly showSamples: boolean | undefined;
  readonly partials: Partials;
  readonly onFile: (isKnown: boolean) => void;
}

export interface AllMeasured {
  readonly rows: number;
  /** One a check. */
  readonly values: readonly Measured[];
  /** Rows that meet each of the further conditions. */
  readonly further: readonly number[];
}

/** What is found out beside the checks. */
export interface Further {
  readonly conditions: readonly Condition[];
  readonly moments: readonly MomentColumn[];
}

/** Measures checks, and what is asked beside them. */
export async function measureAll(
  checks: readonly Check[],
  further: Further,
  context: MeasureContext,
): Promise<AllMeasured> {
  const conditions = checks.flatMap(({ measure }) =>
    measure.kind === 'rows-where' ? [measure.condition] : [],
  );
  const keyed = checks.flatMap(({ measure, isPrivate }) =>
    measure.kind === 'duplicates' ? [{ names: measure.columns, isPrivate }] : [],
  );
  const ages = checks.flatMap(({ measure }) => (measure.kind === 'age' ? [measure.moment] : []));
  const moments = momentsToCount([...ages, ...further.moments], context.data);
  const answers = await countAll(
    context.parts,
    {
      conditions: [...conditions, ...further.conditions],
      keys: keyed.map(({ names }) => names),
      hiddenKeys: new Set(keyed.flatMap(({ names, isPrivate }) => (isPrivate ? [names] : []))),
      moments,
    },
    context,
  );
  keepExtremes(answers, moments, context);
  const { table, parts, queryLimitMs: limitMs } = context;
  const queries = await runQueries(checks, { ...context, own: { table, parts }, limitMs });
  const openVersion = openVersions(context.engine, context.findVersion);
  const next = { ...takeAnswers(answers), queries, openVersion };
  const values: Measured[] = [];
  for (const check of checks) values.push(await measure(check, next, context));
  return { rows: answers.rows, values, further: answers.conditions.slice(conditions.length) };
}

interface Next {
  readonly rows: number;
  readonly condition: () => number;
  readonly key: () => number;
  readonly queries: ReadonlyMap<Measure, Measured>;
  readonly openVersion: OpenVersion;
}

/** The answers in the order of the questions. */
function takeAnswers({ rows, conditions, keys }: Answers): Omit<Next, 'queries' | 'openVersion'> {
  const [condition, key] = [conditions.values(), keys.values()];
  return { rows, condition: () => condition.next().value ?? 0, key: () => key.next().value ?? 0 };
}

async function measure({ measure }: Check, next: Next, context: MeasureContext): Promise<Measured> {
  switch (measure.kind) {
    case 'rows-where':
      return { value: next.condition() };
    case 'duplicates':
      return { value: next.key() };
    case 'row-count':
      return { value: next.rows };
    case 'known':
      return { value: measure.value };
    case 'age':
    case 'gap':
      return measureServiceLevel(measure, context);
    case 'query':
      return next.queries.get(measure) ?? { value: null };
    case 'orphans': {
      const reference = context.references.get(measure);
      if (!reference) return { value: null };
      return { value: await countOrphans(context.parts, { names: measure.columns, reference }, context) };
    }
    case 'statistic':
      return measureStatistic(measure, { ...context, ...next });
    case 'unrunnable':
      return { value: null, problem: measure.reason };
    case 'skipped':
      return { value: null };
  }
}
