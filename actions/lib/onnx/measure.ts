// What one model costs to serve, measured in a process of its own, so that neither memory nor warm-up of ours counts.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '#lib/errors.ts';
import type { MeasureRequest, ServingCost } from '#lib/onnx/measure-message.ts';
import type { Table } from '#lib/tables/table.ts';

/** Measures on the given rows, one at a time, in turn; `model` is the path of the ONNX file. */
export async function measureServing(model: string, rows: Table): Promise<ServingCost> {
  const request: MeasureRequest = {
    model,
    columns: rows.columns.map(({ name, kind, values }) => ({
      name,
      kind,
      values: Array.from<number | string>(values).map(value => (Number.isNaN(value) ? null : value)),
    })),
  };
  const main = fileURLToPath(new URL('./measure-main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A Ctrl-C of the terminal is answered by the parent, between two phases.
    detached: true,
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(request));
  const complaint = text(child.stderr).then(lastError);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const code = child.exitCode ?? (await new Promise<number | null>(resolve => child.on('close', resolve)));
  if (code !== 0) {
    throw new ConfigurationError(`The model could not be measured: ${await complaint}`, {
      at: { file: model },
      remedy: 'Export it again, and check that it answers single rows.',
    });
  }
  return JSON.parse(Buffer.concat(chunks).toString()) as ServingCost;
}

/** The line of a stack that names the error. */
function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /Error\b.*: /.test(line));
  return (lines.at(-1) ?? 'its process ended early').replace(/^.*?Error\b[^:]*: /, '').trim();
}
