// The data of one model against its contracts, and nothing else: the first step of a pull request, in seconds.
import { join } from 'node:path';
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import type { Location } from '#lib/errors.ts';
import { findDatasets, summarize, validateDatasets } from '#lib/flows/datasets.ts';
import type { Tell } from '#lib/flows/progress.ts';
import { refuseWhenStopped } from '#lib/flows/stop-signal.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { readModel } from '#lib/registry/read.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { contractBlock, sayFailing } from '#lib/reports/proposal/data.ts';

export interface ValidateOptions {
  readonly directory: string;
  readonly model: string;
  readonly tell: Tell;
  /** Milliseconds since 1970: the moment that the ages of data are measured at. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface Validated {
  readonly model: string;
  readonly contracts: readonly ContractResult[];
  /** Dataset files that no contract covers. */
  readonly uncovered: readonly string[];
  /** Every dataset has a contract, and no check of severity error failed. */
  readonly passed: boolean;
}

/**
 * Validates.
 * @throws ConfigurationError for a model, pipeline or contract that cannot be read; broken data is a result.
 */
export async function validateData(options: ValidateOptions): Promise<Validated> {
  const { directory, model: name, tell, now, signal } = options;
  const { root } = await openWorkspace(directory);
  const model = (await readModel(root, name, vocabulary)).value;
  const pipeline = await readPipeline(join(root, model.spec.pipeline, 'dvc.yaml'), root);
  const datasets = await findDatasets(pipeline);
  const uncovered = datasets.filter(({ contract }) => contract === undefined).map(({ path }) => path);
  refuseWhenStopped(signal);
  tell({ kind: 'phase', text: 'check the data against its contract' });
  const contracts = await validateDatasets(datasets, { root, now: now() });
  for (const result of contracts) tell({ kind: 'done', text: summarize(result) });
  const passed = uncovered.length === 0 && contracts.every(result => result.passed);
  return { model: name, contracts, uncovered, passed };
}

/** A failed check, at the line of the contract that asks for it. */
export interface DataProblem {
  readonly level: 'failure' | 'warning';
  readonly message: string;
  readonly at: Location;
}

/** What is wrong, worst first, in the order of the contracts. */
export function listDataProblems({ contracts, uncovered }: Validated): readonly DataProblem[] {
  const missing = uncovered.map(
    (path): DataProblem => ({
      level: 'failure',
      message: 'No contract covers this data. Write contract.odcs.yaml beside it.',
      at: { file: path },
    }),
  );
  const failed = contracts.flatMap(({ contract, data, checks }) =>
    checks
      .filter(({ outcome }) => outcome === 'failed')
      .map(
        (check): DataProblem => ({
          level: check.severity === 'error' ? 'failure' : 'warning',
          message: describeCheck(check, data.path),
          at: { file: contract.path, ...check.at },
        }),
      ),
  );
  const all = [...missing, ...failed];
  return [
    ...all.filter(({ level }) => level === 'failure'),
    ...all.filter(({ level }) => level !== 'failure'),
  ];
}

function describeCheck({ says, failingRows, samples }: CheckResult, file: string): string {
  const rows = failingRows === null ? '' : `; ${failingRows} rows do not`;
  const examples = samples.map(sayFailing).join(', ');
  return `${file}: ${says}${rows}${examples === '' ? '' : ` (${examples})`}`;
}

/** The page of the job. */
export function reportData({ model, contracts, uncovered, passed }: Validated): readonly Block[] {
  const verdict = passed ? 'The data keeps its contract' : 'The data breaks its contract';
  return [
    { kind: 'heading', level: 1, text: `Data of ${model}` },
    { kind: 'notice', notice: passed ? 'pass' : 'fail', text: verdict },
    ...(uncovered.length > 0
      ? [{ kind: 'list', items: uncovered.map(path => `${path}: no contract covers it`) } as const]
      : []),
    ...contracts.map(contractBlock),
  ];
}
