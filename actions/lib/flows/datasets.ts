// The datasets a pipeline reads and the contracts that cover them: a contract lies beside its data.
import { access } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ContractResult } from '#lib/contracts/result.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError, formatLocation } from '#lib/errors.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** The file name of a contract, beside the data it covers. */
export const CONTRACT_FILE = 'contract.odcs.yaml';
const DATA_FILE = /\.csv$/i;

export interface Dataset {
  /** Relative to the root. */
  readonly path: string;
  /** Relative to the root; undefined when none covers the data. */
  readonly contract: string | undefined;
}

/**
 * The data files below data/ that no stage makes, in the order of dvc.yaml.
 * @throws ConfigurationError when one does not exist, at its place in dvc.yaml.
 */
export async function findDatasets(pipeline: Pipeline): Promise<readonly Dataset[]> {
  const made = new Set(pipeline.stages.flatMap(stage => stage.outs.map(out => out.absolute)));
  const deps = new Map(pipeline.stages.flatMap(stage => stage.deps).map(dep => [dep.absolute, dep]));
  const data = [...deps.values()].filter(
    ({ absolute }) =>
      !made.has(absolute) && absolute.startsWith(join(pipeline.root, 'data/')) && DATA_FILE.test(absolute),
  );
  return Promise.all(
    data.map(async ({ absolute, at }) => {
      const path = relative(pipeline.root, absolute);
      if (!(await exists(absolute))) {
        throw new ConfigurationError(`The dataset ${path} does not exist`, {
          at,
          remedy: 'Put the file there (git, or a pull from where it is kept), or correct the path.',
        });
      }
      const contract = join(dirname(absolute), CONTRACT_FILE);
      return { path, contract: (await exists(contract)) ? relative(pipeline.root, contract) : undefined };
    }),
  );
}

/** Checks every dataset that has a contract. */
export async function validateDatasets(
  datasets: readonly Dataset[],
  { root, engine }: { readonly root: string; readonly engine: SqlEngine },
): Promise<readonly ContractResult[]> {
  const results: ContractResult[] = [];
  for (const { path, contract } of datasets) {
    if (contract !== undefined) results.push(await validateContract({ root, contract, path, engine }));
  }
  return results;
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
