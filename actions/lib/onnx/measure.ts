// What one model costs to serve, measured in a limited process of its own: neither memory nor warm-up of ours counts, and
// a model that never answers is told of in time.
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '#lib/errors.ts';
import { type ModelLimits, startLimited } from '#lib/onnx/limited-process.ts';
import type { MeasureRequest, ServingCost } from '#lib/onnx/measure-message.ts';
import type { Table } from '#lib/tables/table.ts';

/**
 * Measures on the given rows, one at a time, in turn; `model` is the path of the ONNX file.
 * @throws ConfigurationError when it does not answer single rows, or not within the limits.
 */
export async function measureServing(
  model: string,
  rows: Table,
  { limits }: { readonly limits?: ModelLimits } = {},
): Promise<ServingCost> {
  const request: MeasureRequest = {
    model,
    columns: rows.columns.map(({ name, kind, values }) => ({
      name,
      kind,
      values: Array.from<number | string>(values).map(value => (Number.isNaN(value) ? null : value)),
    })),
  };
  const main = fileURLToPath(new URL('./measure-main.ts', import.meta.url));
  const limited = startLimited(main, { limits, input: JSON.stringify(request) });
  const { code, stdout, stderr } = await limited.within(limited.ended);
  if (code !== 0) {
    throw new ConfigurationError(`The model could not be measured: ${lastError(stderr)}`, {
      at: { file: model },
      remedy: 'Export it again, and check that it answers single rows.',
    });
  }
  return JSON.parse(stdout) as ServingCost;
}

/** The line of a stack that names the error. */
function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /Error\b.*: /.test(line));
  return (lines.at(-1) ?? 'its process ended early').replace(/^.*?Error\b[^:]*: /, '').trim();
}
