// What a model costs to serve, measured in a limited process of its own: neither memory nor warm-up of ours counts, and
// a model that never answers is told of in time. Two models are compared in one process, so that both meet the same load.
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '#lib/errors.ts';
import { type ModelLimits, startLimited } from '#lib/onnx/limited-process.ts';
import type { MeasuredModel, MeasureRequest, PairReply, ServingCost } from '#lib/onnx/measure-message.ts';
import type { Table } from '#lib/tables/table.ts';

interface MeasureOptions {
  readonly limits?: ModelLimits;
}

/** An ONNX file, and the rows in the columns it takes, in their order. */
export interface ModelFile {
  readonly path: string;
  readonly rows: Table;
  /** How many, for a model of several classes. */
  readonly classes?: number | undefined;
}

/**
 * Measures one model on the given rows: one at a time, in turn, then in batches.
 * @throws ConfigurationError when it does not answer single rows, or not within the limits.
 */
export async function measureServing(model: ModelFile, options: MeasureOptions = {}): Promise<ServingCost> {
  return (await ask(requestOf(model), options)) as ServingCost;
}

/**
 * Times two models on the same rows, each row by both before the next.
 * @throws ConfigurationError when one does not answer, or both not within the limits.
 */
export async function measureBeside(
  model: ModelFile,
  reference: ModelFile,
  options: MeasureOptions = {},
): Promise<PairReply> {
  return (await ask({ ...requestOf(model), reference: requestOf(reference) }, options)) as PairReply;
}

function requestOf({ path, rows, classes }: ModelFile): MeasuredModel {
  return {
    model: path,
    classes,
    columns: rows.columns.map(({ name, kind, values }) => ({
      name,
      kind,
      values: Array.from<number | string>(values).map(value => (Number.isNaN(value) ? null : value)),
    })),
  };
}

async function ask(request: MeasureRequest, { limits }: MeasureOptions): Promise<unknown> {
  const main = fileURLToPath(new URL('./measure-main.ts', import.meta.url));
  const limited = startLimited(main, { limits, input: JSON.stringify(request) });
  const { code, stdout, stderr } = await limited.within(limited.ended);
  if (code !== 0) {
    throw new ConfigurationError(`The model could not be measured: ${lastError(stderr)}`, {
      at: { file: request.model },
      remedy: 'Export it again, and check that it answers single rows.',
    });
  }
  return JSON.parse(stdout);
}

/** The line of a stack that names the error. */
function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /Error\b.*: /.test(line));
  return (lines.at(-1) ?? 'its process ended early').replace(/^.*?Error\b[^:]*: /, '').trim();
}
