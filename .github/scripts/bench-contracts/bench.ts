// A contract's whole check set on five million rows, beside datacontract-cli, Great Expectations and pandas in one run, and
// what only some tools do: proofs from footers, sixteen checks in one scan, a file more in a table of a hundred.
// Run: npm run bench contracts (needs Python 3)
import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { quoteText } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { installPython } from '../python-environment.ts';
import { writeContracts, writeTables } from './table.ts';

const PACKAGES = [
  ...['datacontract-cli[duckdb]==1.2.8', 'great_expectations==1.24.1', 'pandas==3.1.1', 'pyarrow==26.0.1'],
  ...['duckdb==1.5.6', 'numpy==2.4.6'],
];
const ROWS = 5_000_000;
const RUNS = 3;
const run = promisify(execFile);
const scripts = import.meta.dirname;
const MEASURE = join(scripts, '../bench-dvc/measure.py');
const LAUNCHER = resolve(scripts, '../../../actions/cli/mainline.js');
const measured = z.object({ code: z.number(), seconds: z.number(), memory: z.number(), stderr: z.string() });

export interface ContractRow {
  readonly what: string;
  /** Medians, by tool. */
  readonly times: readonly { readonly tool: string; readonly seconds: number; readonly mebibytes: number }[];
  /** How many times faster than the fastest peer it has to be; undefined where it stands alone. */
  readonly needed?: number;
  readonly note?: string;
}

interface Place {
  readonly folder: string;
  readonly python: string;
}

/** Measures and prints all cases. */
export async function benchContracts(): Promise<readonly ContractRow[]> {
  const python = resolve(await installPython('.mainline/venv-contracts-bench', PACKAGES));
  const folder = await mkdtemp(join(tmpdir(), 'mainline-bench-contracts-'));
  try {
    await run('git', ['init', '--quiet'], { cwd: folder });
    await writeTables(folder, ROWS);
    writeContracts(folder);
    // Nobody pays for what was written before.
    await run('sync');
    const place = { folder, python };
    const rows: ContractRow[] = [];
    for (const measureOne of [
      () => beside('csv', 4, place),
      () => beside('parquet', 8, place),
      () =>
        alone('footer', `null, range and type of 4 columns, ${ROWS} rows of Parquet, from the footer`, place),
      () => alone('numbers', `16 checks on ${2 * ROWS} rows of Parquet`, place),
      () => alone('wide', '200 columns with 2 rules each, 100,000 rows', place),
      () => oneMore(place),
    ]) {
      const row = await measureOne();
      process.stdout.write(formatRow(row));
      rows.push(row);
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ours = (contract: string, ...words: readonly string[]) => [
  ...[process.execPath, LAUNCHER, 'contract', 'validate', `${contract}.odcs.yaml`, '--json'],
  ...words,
];

async function beside(format: 'csv' | 'parquet', needed: number, place: Place): Promise<ContractRow> {
  const file = `orders.${format}`;
  const peer = (tool: string) => [place.python, join(scripts, 'peers.py'), tool, file];
  const commands = {
    Mainline: ours(`orders-${format}`, '--no-cache'),
    'datacontract-cli': [join(place.python, '../datacontract'), 'test', `orders-${format}.odcs.yaml`],
    pandas: peer('pandas'),
    'Great Expectations': peer('gx'),
  };
  const times = await inTurn(commands, place);
  const scan = await bareScan(join(place.folder, file), format);
  const [own] = times;
  return {
    what: `full check set, ${ROWS} rows x 10 columns, ${format}`,
    ...{ times, needed },
    note: `DuckDB's bare scan of the same columns ${scan.toFixed(2)} s, ours ${((own?.seconds ?? 0) / scan).toFixed(1)} times that`,
  };
}

async function alone(contract: string, what: string, place: Place): Promise<ContractRow> {
  return { what, times: await inTurn({ Mainline: ours(contract, '--no-cache') }, place) };
}

/** A hundred files are known; the hundred-and-first comes. */
async function oneMore(place: Place): Promise<ContractRow> {
  const aside = join(place.folder, 'aside.csv');
  const last = join(place.folder, 'parts-100.csv');
  await rename(last, aside);
  const all = await measure(ours('parts'), place);
  await rename(aside, last);
  const more = await measure(ours('parts'), place);
  const again = await measure(ours('parts'), place);
  return {
    what: 'a table of 100 CSV files, 2 million rows; then one file more; then nothing new',
    times: [
      { tool: '100 files', ...all },
      { tool: 'one more', ...more },
      { tool: 'again', ...again },
    ],
  };
}

async function inTurn(commands: Readonly<Record<string, readonly string[]>>, place: Place) {
  const samples = new Map(Object.keys(commands).map(tool => [tool, [] as Sample[]]));
  for (let round = 0; round < RUNS; round++) {
    for (const [tool, command] of Object.entries(commands))
      samples.get(tool)?.push(await measure(command, place));
  }
  return [...samples].map(([tool, all]) => ({
    tool,
    seconds: median(all.map(({ seconds }) => seconds)),
    mebibytes: median(all.map(({ mebibytes }) => mebibytes)),
  }));
}

interface Sample {
  readonly seconds: number;
  readonly mebibytes: number;
}

async function measure(command: readonly string[], { folder, python }: Place): Promise<Sample> {
  const { stdout } = await run(python, [MEASURE, ...command], { cwd: folder, maxBuffer: 1 << 28 });
  const { code, seconds, memory, stderr } = measured.parse(JSON.parse(stdout));
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}`);
  return { seconds, mebibytes: memory / 1024 };
}

/** Seconds to read all columns and do next to nothing with them, in a process that is there already. */
async function bareScan(file: string, format: 'csv' | 'parquet'): Promise<number> {
  const engine = await openDuckDb({ threads: 2 });
  try {
    const columns = await engine.query(`DESCRIBE SELECT * FROM read_${format}(${quoteText(file)})`);
    const counts = columns.map(row => `count("${String(row['column_name'])}")`).join(', ');
    const seconds: number[] = [];
    for (let round = 0; round < RUNS; round++) {
      const begun = performance.now();
      await engine.query(`SELECT ${counts} FROM read_${format}(${quoteText(file)})`);
      seconds.push((performance.now() - begun) / 1000);
    }
    return median(seconds);
  } finally {
    engine.close();
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** True where every table is checked as many times faster, with half the memory, as is asked for. */
export function keepsContracts(rows: readonly ContractRow[]): boolean {
  return rows.every(({ times, needed }) => {
    const [own, ...peers] = times;
    if (needed === undefined || !own) return true;
    const fastest = Math.min(...peers.map(({ seconds }) => seconds));
    const smallest = Math.min(...peers.map(({ mebibytes }) => mebibytes));
    return fastest / own.seconds >= needed && own.mebibytes <= smallest / 2;
  });
}

function formatRow({ what, times, needed, note }: ContractRow): string {
  const [own] = times;
  const lines = times.map(({ tool, seconds, mebibytes }) => {
    const ratio =
      needed !== undefined && own && tool !== own.tool ? `  ${(seconds / own.seconds).toFixed(1)}x` : '';
    return `      ${tool.padEnd(20)} ${seconds.toFixed(2).padStart(7)} s  ${mebibytes.toFixed(0).padStart(5)} MiB${ratio}\n`;
  });
  const asked = needed === undefined ? '' : ` (asked: ${needed}x the fastest peer, half the memory)`;
  return `${what}${asked}\n${lines.join('')}${note === undefined ? '' : `      ${note}\n`}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const rows = await benchContracts();
  if (!keepsContracts(rows)) process.exitCode = 1;
}
