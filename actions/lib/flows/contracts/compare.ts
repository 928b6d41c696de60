// A table against the same one at the merge base: the rules of then over the data of then, and a profile of both.
import { type Comparison, compareOutcomes } from '#lib/contracts/compare/comparison.ts';
import { profileTable, type TableProfile } from '#lib/contracts/compare/profile.ts';
import { findShifts } from '#lib/contracts/compare/shifts.ts';
import type { Data } from '#lib/contracts/data/data.ts';
import type { TableValidation } from '#lib/contracts/validation.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { checkTable, type Run, type TableAt } from '#lib/flows/contracts/check-table.ts';
import { type LocatedData, locateData } from '#lib/flows/contracts/data/locate.ts';
import { referencesOf, versionsOf } from '#lib/flows/contracts/other-data.ts';
import { readContractAt } from '#lib/flows/contracts/sources.ts';

/** What is there now. */
export interface Present {
  readonly one: TableAt;
  readonly located: LocatedData;
  readonly result: Omit<TableValidation, 'table'>;
}

/** Never throws for what the base lacks: that is a reason, and the table itself was checked. */
export async function compareWithBase(
  { one, located, result }: Present,
  base: Comparison['base'],
  run: Run,
): Promise<Comparison> {
  const nothing = { newlyFailing: [], fixed: [], stillFailing: [], shifts: [] };
  if (!located.isInRepository) return { base, ...nothing, why: 'the data is in no commit' };
  try {
    const before = await readBefore(one, base, run);
    if (typeof before === 'string')
      return { base, ...compareOutcomes([], result.checks), shifts: [], why: before };
    const others = { findReference: referencesOf(before.one, run), findVersion: versionsOf(before.one, run) };
    const old = await checkTable(before.one, before.data, quiet(run), others);
    const outcomes = compareOutcomes(old.checks, result.checks);
    const isSame = old.data.digest === result.data.digest;
    const shifts = isSame
      ? []
      : findShifts(
          await profile(before.data, old.data.digest, one, run),
          await profile(located.data, result.data.digest, one, run),
        );
    return { base, why: null, ...outcomes, shifts };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { base, ...nothing, why: errorMessage(error).split('\n')[0] ?? '' };
  }
}

async function readBefore(
  { path, document, index }: TableAt,
  base: Comparison['base'],
  run: Run,
): Promise<{ readonly one: TableAt; readonly data: Data } | string> {
  const old = await readContractAt(run.place, path, base);
  if (!old) return 'the contract is new';
  const table = document.value.schema?.[index];
  const place = (old.value.schema ?? []).findIndex(({ name }) => name === table?.name);
  if (place < 0) return 'the table is new in the contract';
  const one: TableAt = { path, document: old, index: place, at: base };
  return { one, data: (await locateData(one, run)).data };
}

/** By the contract of now on both sides, so that what is private now is private then. */
function profile(data: Data, digest: string, { document, index }: TableAt, run: Run): Promise<TableProfile> {
  const table = document.value.schema?.[index];
  if (!table) throw new Error(`no table ${index}`);
  const { engine, partials } = run;
  return profileTable(data, table, { engine, partials, digest });
}

/** Nobody waits for the base, and nothing of its values is shown. */
function quiet(run: Run): Run {
  const { tell: _, ...request } = run.request;
  return { ...run, request: { ...request, showSamples: false } };
}
