// The datasets a pipeline reads and the contracts that cover them: a contract lies beside its data.
import { mkdtempSync, rmSync } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { findBeside } from '#lib/contracts/data/beside.ts';
import { formatOf } from '#lib/contracts/data/format.ts';
import { versionAtPath } from '#lib/contracts/data/version-at-path.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import type { ContractResult } from '#lib/contracts/result.ts';
import { validateContract, validateTable } from '#lib/contracts/validate.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError, formatLocation } from '#lib/errors.ts';
import { openDiskTree } from '#lib/flows/contracts/data/disk-tree.ts';
import { findData } from '#lib/flows/contracts/data/find-data.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** The file name of a contract, beside the data it covers. */
export const CONTRACT_FILE = 'contract.odcs.yaml';

export interface Dataset {
  /** Relative to the root. */
  readonly path: string;
  /** Relative to the root; undefined when none covers the data. */
  readonly contract: string | undefined;
}

/**
 * The data files below data/ that no stage makes, and folders of them, in the order of dvc.yaml.
 * @throws ConfigurationError when one does not exist, at its place in dvc.yaml.
 */
export async function findDatasets(pipeline: Pipeline): Promise<readonly Dataset[]> {
  const made = new Set(pipeline.stages.flatMap(stage => stage.outs.map(out => out.absolute)));
  const deps = new Map(pipeline.stages.flatMap(stage => stage.deps).map(dep => [dep.absolute, dep]));
  const below = [...deps.values()].filter(
    ({ absolute }) => !made.has(absolute) && absolute.startsWith(join(pipeline.root, 'data/')),
  );
  const found = await Promise.all(
    below.map(async ({ absolute, at }): Promise<Dataset | undefined> => {
      const path = relative(pipeline.root, absolute);
      const isFolder = await isDirectory(absolute);
      const contract = await findContract(absolute, isFolder);
      const covered = { path, contract: contract && relative(pipeline.root, contract) };
      if (isFolder) return (await holdsData(absolute)) ? covered : undefined;
      if (!isDataFile(path, contract !== undefined)) return undefined;
      if (await exists(absolute)) return covered;
      throw new ConfigurationError(`The dataset ${path} does not exist`, {
        at,
        remedy: 'Put the file there (git, or a pull from where it is kept), or correct the path.',
      });
    }),
  );
  return found.filter(one => one !== undefined);
}

/** Words and settings have these endings too: they are data only where a contract says so. */
const DOUBTFUL = ['txt', 'json'];

function isDataFile(path: string, isCovered: boolean): boolean {
  const format = formatOf(path);
  return format !== undefined && (isCovered || !DOUBTFUL.includes(format.ending));
}

async function holdsData(folder: string): Promise<boolean> {
  const files = await openDiskTree(await realpath(folder)).find('');
  return files.some(({ path }) => isDataFile(path, false));
}

/** In the folder itself, or beside. */
async function findContract(absolute: string, isFolder: boolean): Promise<string | undefined> {
  const places = [...(isFolder ? [absolute] : []), dirname(absolute)].map(folder =>
    join(folder, CONTRACT_FILE),
  );
  for (const place of places) if (await exists(place)) return place;
  return undefined;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

export interface DatasetsContext {
  /** Absolute. */
  readonly root: string;
  /** The moment that ages are measured at, in milliseconds since 1970. */
  readonly now?: number | undefined;
}

/**
 * Checks every dataset that has a contract, with all processors: what is counted does not depend on them. Nothing that was
 * remembered is believed here, since whoever proposes a change could propose that too.
 */
export async function validateDatasets(
  datasets: readonly Dataset[],
  { root, now }: DatasetsContext,
): Promise<readonly ContractResult[]> {
  const results: ContractResult[] = [];
  const engine = await openDuckDb({ threads: Math.min(64, availableParallelism()) });
  const temporary = mkdtempSync(join(tmpdir(), 'mainline-'));
  try {
    for (const { path, contract } of datasets) {
      if (contract === undefined) continue;
      const isWhole = (await isDirectory(join(root, path))) || formatOf(path)?.format === 'arrow';
      const options = { root, contract, path, engine, now };
      results.push(
        isWhole ? await validateFolder({ ...options, temporary }) : await validateContract(options),
      );
    }
  } finally {
    engine.close();
    rmSync(temporary, { recursive: true, force: true });
  }
  return results;
}

/** All data files of a folder are one table; Arrow files are read from copies. */
async function validateFolder({
  root,
  contract,
  path,
  engine,
  now,
  temporary,
}: DatasetsContext & {
  readonly contract: string;
  readonly path: string;
  readonly engine: SqlEngine;
  /** Absolute. */
  readonly temporary: string;
}): Promise<ContractResult> {
  const document = await readContract(join(root, contract));
  const found = findTable(document, path);
  const data = await findData({
    place: { pattern: path, isOfTable: true, dialect: {}, options: {} },
    ...{ table: found.table, isOneOfSeveral: false, folder: dirname(contract), show: shown => shown },
    ...{ tree: openDiskTree(await realpath(root)), temporary },
    at: document.locate(['schema', found.index]),
  });
  const others = {
    findReference: findBeside({ root, contract, document }),
    findVersion: versionAtPath(root),
  };
  return validateTable({ contract, document, ...found, data }, { engine, now, ...others });
}

/** One line per result, for people who watch. */
export function summarize(result: ContractResult): string {
  const failed = result.checks.filter(check => check.outcome === 'failed');
  const head = `${result.data.path}: ${result.data.rows} rows`;
  const skipped = result.checks.filter(check => check.outcome === 'skipped').length;
  const unchecked = skipped > 0 ? `, ${skipped} could not be checked` : '';
  if (failed.length === 0) return `${head}, ${result.checks.length - skipped} checks hold${unchecked}`;
  const [first] = failed;
  const place = formatLocation({ file: result.contract.path, ...first?.at });
  return `${head}, ${failed.length} of ${result.checks.length} checks failed, first ${place}: ${first?.says}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
