// mainline dvc metrics show: the metrics of the work tree, and of other revisions beside it.
import type { FileResult } from '#lib/dvc/metrics/file-result.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import type { RevisionResult } from '#lib/flows/dvc/metrics.ts';
import { visible } from '../say.ts';
import { addPrecision, DEFAULT_PRECISION } from './precision.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
  readonly json?: boolean;
  readonly md?: boolean;
  readonly precision?: number;
}

export const verb: Verb = {
  description: 'print metrics',
  define: command =>
    addPrecision(
      command
        .argument('[targets...]', 'files or folders; all metrics unless given')
        .option('-a, --all-branches', 'of every branch as well')
        .option('-T, --all-tags', 'of every tag as well')
        .option('-A, --all-commits', 'of every commit as well')
        .option('--json', 'print JSON')
        .option('--md', 'print a Markdown table')
        .option('-R, --recursive', 'accepted; a folder always stands for the files in it'),
    )
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc metrics show              the work tree's metrics
  mainline dvc metrics show -a --md      every branch's, as Markdown`,
      )
      .action(run),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const { showMetrics, unreadFiles } = await import('#lib/flows/dvc/metrics.ts');
  const { allBranches, allTags, allCommits, json, md, precision } = options;
  const revisions = await showMetrics({
    directory: process.cwd(),
    env: process.env,
    now: () => Date.now(),
    targets,
    allBranches,
    allTags,
    allCommits,
  });
  const failed = [...revisions].flatMap(([name, result]) =>
    'error' in result ? [{ revision: name, path: '', ...result.error }] : unreadFiles(name, result.data),
  );
  if (failed.length > 0) {
    const { sayUnread } = await import('./unread-files.ts');
    sayUnread(failed);
  }
  if (json) {
    const { pythonJsonInOrder } = await import('#lib/dvc/values/python-json.ts');
    const value = new Map([...revisions].map(([name, result]) => [name, revisionValue(result)]));
    process.stdout.write(`${pythonJsonInOrder(value)}\n`);
    return;
  }
  const { formatTable, mapCells, metricsTable } = await import('#lib/dvc/metrics/table.ts');
  const readable = [...revisions].flatMap(([name, result]) =>
    'data' in result ? [[name, result.data] as const] : [],
  );
  const table = metricsTable(new Map(readable), {
    precision: precision || DEFAULT_PRECISION,
    withRevision: Boolean(allBranches || allTags || allCommits),
  });
  if (table.rows.length > 0) process.stdout.write(formatTable(mapCells(table, visible), md === true));
}

function revisionValue(result: RevisionResult): Value {
  if ('error' in result) return new Map([['error', errorValue(result.error)]]);
  return new Map([['data', new Map([...result.data].map(([path, file]) => [path, fileValue(file)]))]]);
}

function fileValue(result: FileResult): Value {
  return 'error' in result
    ? new Map([['error', errorValue(result.error)]])
    : new Map([['data', result.data]]);
}

function errorValue({ type, msg }: { readonly type: string; readonly msg: string }): Value {
  return new Map([
    ['type', type],
    ['msg', msg],
  ]);
}
