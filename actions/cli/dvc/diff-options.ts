// What `metrics diff` and `params diff` share: their options, and how a difference is printed.
import type { Command } from 'commander';
import type { FilesDiff, ValueChange } from '#lib/dvc/metrics/value-diff.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import type { DiffResult } from '#lib/flows/dvc/metrics.ts';
import { visible } from '../say.ts';
import type { CommonOptions } from './verb.ts';

export interface DiffOptions extends CommonOptions {
  readonly targets?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly md?: boolean;
  readonly path: boolean;
  readonly precision?: number;
}

/** The revisions and options that both verbs have. */
export function addDiffOptions(command: Command): Command {
  return command
    .argument('[a_rev]', 'the older revision', 'HEAD')
    .argument('[b_rev]', 'the newer revision; the work tree unless given', 'workspace')
    .option('--targets <paths...>', 'only these files, whether or not a dvc.yaml names them')
    .option('--all', 'unchanged values as well')
    .option('--json', 'print JSON')
    .option('--md', 'print a Markdown table')
    .option('--no-path', 'leave the column with the file out');
}

interface Shown {
  readonly title: string;
  readonly revisions: readonly [string, string];
  readonly withChange: boolean;
  readonly precision?: number | undefined;
}

/** Prints a difference as the options ask for. */
export async function printDiff(
  { diff, failed }: DiffResult,
  options: DiffOptions,
  shown: Shown,
): Promise<void> {
  if (failed.length > 0) {
    const { sayUnread } = await import('./unread-files.ts');
    sayUnread(failed);
  }
  if (options.json) {
    const { pythonJsonInOrder } = await import('#lib/dvc/values/python-json.ts');
    process.stdout.write(`${pythonJsonInOrder(toValue(diff))}\n`);
    return;
  }
  if (diff.size === 0) return;
  const { diffTable, formatTable, mapCells } = await import('#lib/dvc/metrics/table.ts');
  const table = diffTable(diff, { ...shown, withPath: options.path });
  process.stdout.write(formatTable(mapCells(table, visible), options.md === true));
}

function toValue(diff: FilesDiff): Value {
  return new Map(
    [...diff].map(([path, changes]) => [
      path,
      new Map([...changes].map(([name, change]) => [name, changeValue(change)])),
    ]),
  );
}

function changeValue({ old, new: now, diff }: ValueChange): Value {
  return new Map<string, Value>([
    ['old', old],
    ['new', now],
    ...(diff === undefined ? [] : [['diff', diff] as const]),
  ]);
}
