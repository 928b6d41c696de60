// The same table in earlier commits: how many rows it had, and which share of each column was missing. What was counted once
// is remembered by the names of the bytes, so that looking back again costs nothing.
import { FEWEST_REVISIONS, type History, judgeAmong } from '#lib/contracts/compare/history.ts';
import { wholeRelation } from '#lib/contracts/compare/profile-query.ts';
import type { Data } from '#lib/contracts/data/data.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import { NO_PARTIALS } from '#lib/contracts/run/partials.ts';
import { openScope } from '#lib/contracts/sql/conditions.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import type { Run, TableAt } from '#lib/flows/contracts/check-table.ts';
import type { Present } from '#lib/flows/contracts/compare.ts';
import { locateData } from '#lib/flows/contracts/data/locate.ts';
import { readContractAt } from '#lib/flows/contracts/sources.ts';
import { refuseWhenStopped } from '#lib/flows/stop-signal.ts';
import { readGit } from '#lib/git/command.ts';

interface Counts {
  readonly rows: number;
  /** By column. */
  readonly missing: Readonly<Record<string, number>>;
}

/** @param count how many versions to look back at, at most */
export async function compareWithHistory(
  { one, located }: Present,
  count: number,
  run: Run,
): Promise<History> {
  const commits = located.isInRepository ? await earlierCommits(one, located.data, { count, run }) : [];
  const revisions: History['revisions'][number][] = [];
  const before: Counts[] = [];
  for (const commit of commits) {
    refuseWhenStopped(run.request.signal);
    try {
      const counts = await countAt(one, commit, run);
      before.push(counts);
      revisions.push({ commit, rows: counts.rows });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      revisions.push({ commit, rows: null, why: errorMessage(error).split('\n')[0] ?? '' });
    }
  }
  if (before.length < FEWEST_REVISIONS) {
    const why = located.isInRepository
      ? `only ${before.length} earlier versions of the data can be had, ${FEWEST_REVISIONS} are needed`
      : 'the data is in no commit';
    return { revisions, measured: [], why };
  }
  return { revisions, measured: judgeAll(before, await countData(located.data, run)), why: null };
}

function judgeAll(before: readonly Counts[], now: Counts): History['measured'] {
  const rows = judgeAmong(
    before.map(one => one.rows),
    now.rows,
    { column: null, say: value => value.toLocaleString('en-US') },
  );
  const shareOf = ({ rows: all, missing }: Counts, name: string) =>
    all === 0 ? 0 : (missing[name] ?? all) / all;
  const columns = Object.keys(now.missing).flatMap(name => {
    const known = before.filter(({ missing }) => Object.hasOwn(missing, name));
    if (known.length < FEWEST_REVISIONS) return [];
    const shares = known.map(one => shareOf(one, name));
    const judged = judgeAmong(shares, shareOf(now, name), {
      column: name,
      say: value => `${Number((value * 100).toPrecision(3))} %`,
    });
    return judged.isUnusual && Math.abs(judged.now - judged.median) >= LEAST_SHARE ? [judged] : [];
  });
  return [rows, ...columns];
}

/** A share of missing values that moved by less is nothing to look at, however steady it was before. */
const LEAST_SHARE = 0.001;

/** Commits before the one that is looked at in which the data, or what stands for it, is another; newest first. */
async function earlierCommits(
  { at, path }: TableAt,
  { files }: Data,
  { count, run }: { readonly count: number; readonly run: Run },
): Promise<readonly string[]> {
  const { git, root, directory } = run.place;
  if (!git) return [];
  const { relative, resolve, sep } = await import('node:path');
  const own = files.map(file => relative(root, resolve(directory, file.path)).split(sep).join('/'));
  const folders = own.flatMap(file => file.split('/').map((_, i, parts) => parts.slice(0, i).join('/')));
  // DVC records data in a .dvc file beside it or beside a folder above it, or in the dvc.lock of a folder above.
  const records = [...new Set([...own, ...folders])].flatMap(name =>
    name === '' ? ['dvc.lock'] : [name, `${name}.dvc`, `${name}/dvc.lock`],
  );
  const few = own.length > 200 ? [path.split('/').slice(0, -1).join('/') || '.'] : own;
  const isRecord = (name: string) => name.endsWith('.dvc') || name.endsWith('dvc.lock');
  const paths = [...new Set([...few, ...records.filter(isRecord)])];
  const from = at?.commit ?? 'HEAD';
  const listed = await readGit(git.root, [
    'log',
    '--format=%H',
    `--max-count=${count + 1}`,
    from,
    '--',
    ...paths,
  ]);
  const commits = listed.split('\n').filter(Boolean);
  // At a commit its own version is the one that is judged; so it is in a work tree that changed nothing.
  const [newest, ...older] = commits;
  const isCurrent =
    at !== undefined || (newest !== undefined && (await isUnchanged(git.root, newest, paths)));
  return (isCurrent ? older : commits).slice(0, count);
}

async function isUnchanged(root: string, commit: string, paths: readonly string[]): Promise<boolean> {
  return (await readGit(root, ['diff', '--name-only', commit, '--', ...paths])) === '';
}

async function countAt({ path, document, index }: TableAt, commit: string, run: Run): Promise<Counts> {
  const at = { name: commit.slice(0, 12), commit };
  const old = await readContractAt(run.place, path, at).catch(() => undefined);
  const name = document.value.schema?.[index]?.name;
  const place = (old?.value.schema ?? []).findIndex(table => table.name === name);
  const one = old && place >= 0 ? { path, document: old, index: place, at } : { path, document, index, at };
  return countData((await locateData(one, run)).data, run);
}

async function countData(data: Data, { engine, partials = NO_PARTIALS }: Run): Promise<Counts> {
  const question = { history: 1, dialect: data.dialect, format: data.format };
  const digests = data.files.map(({ digest, partition }) => digest && { digest, partition });
  const name = digests.every(one => one !== undefined) ? JSON.stringify(digests) : undefined;
  const known = name === undefined ? undefined : partials.get(name, question);
  if (known !== undefined) return known as Counts;
  const parts = await Promise.all(data.files.map(file => openPart(file, data, engine)));
  const columns = new Map(parts.flatMap(part => part.columns.map(column => [column.name, column] as const)));
  const scope = openScope(columns);
  const names = [...columns.keys()];
  const counts = names.map(
    (column, i) => `count(*) FILTER (WHERE ${scope.name(scope.value(column).missing)}) AS m${i}`,
  );
  const select = `SELECT ${['count(*) AS n', ...counts].join(', ')} FROM ${scope.from(wholeRelation(parts))}`;
  const [row = {}] = await engine.query(select);
  const missing = Object.fromEntries(names.map((column, i) => [column, Number(row[`m${i}`])]));
  const found: Counts = { rows: Number(row['n']), missing };
  if (name !== undefined) partials.put(name, question, found);
  return found;
}
