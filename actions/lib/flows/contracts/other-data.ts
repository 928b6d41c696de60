// The data that rules of a table look at beside its own: tables that its keys refer to, and other versions of itself. A
// rule whose other data cannot be had is skipped with the reason, so nothing here throws for what is not there.
import { posix } from 'node:path';
import type { Data } from '#lib/contracts/data/data.ts';
import { tableCalled } from '#lib/contracts/references.ts';
import type { FindReference } from '#lib/contracts/run/reference.ts';
import type { FindVersion } from '#lib/contracts/run/statistics/version.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import type { Run, TableAt } from '#lib/flows/contracts/check-table.ts';
import { locateData, locatePath } from '#lib/flows/contracts/data/locate.ts';
import { readContractAt } from '#lib/flows/contracts/sources.ts';

/** Tables of the same contract or of another one of the repository, at the same commit. */
export function referencesOf(one: TableAt, run: Run): FindReference {
  return to =>
    orReason(async () => {
      const path = to.contract === undefined ? one.path : posix.join(posix.dirname(one.path), to.contract);
      if (path.startsWith('..') || posix.isAbsolute(to.contract ?? ''))
        return { reason: `${to.contract} leads out of the repository` };
      const document =
        to.contract === undefined ? one.document : await readContractAt(run.place, path, one.at);
      const table = document && tableCalled(document.value, to.table);
      if (!document || !table) return { reason: `${run.place.show(path)} has no table ${to.table}` };
      const index = (document.value.schema ?? []).indexOf(table);
      const { data } = await locateData({ path, document, index, at: one.at }, withoutOwnData(run));
      return { table, data };
    });
}

/** The same table at a commit, or another file of the repository. */
export function versionsOf(one: TableAt, run: Run): FindVersion {
  return name =>
    orReason<Data>(async () => {
      const { git } = run.place;
      const commit = (await git?.resolve(name)) ?? (await git?.resolve(`origin/${name}`));
      if (commit === undefined) return locatePath(name, one, run);
      return (await locateData({ ...one, at: { name, commit } }, run)).data;
    });
}

/** What the command line names is the data of the table that is checked, and of no other. */
function withoutOwnData(run: Run): Run {
  const { data: _, dialect: __, ...request } = run.request;
  return { ...run, request };
}

async function orReason<Found>(
  find: () => Promise<Found | { readonly reason: string }>,
): Promise<Found | { readonly reason: string }> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { reason: errorMessage(error).split('\n')[0] ?? '' };
  }
}
