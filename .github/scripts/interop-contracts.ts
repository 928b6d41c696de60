// Holds what contract validate finds against datacontract-cli, check by check, on contracts of growing difficulty.
// Run: node .github/scripts/interop-contracts.ts
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { quoteText } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { compareCase } from '../../test/interop/contracts.ts';
import { type ContractCase, contractOf, type Files } from '../../test/interop/contracts-case.ts';
import { dataCases } from '../../test/interop/contracts-cases-data.ts';
import { fileCases } from '../../test/interop/contracts-cases-files.ts';
import { ruleCases } from '../../test/interop/contracts-cases-rules.ts';
import { differences } from '../../test/interop/contracts-differences.ts';
import { installPython } from './python-environment.ts';

const PACKAGES = ['datacontract-cli[duckdb]==1.2.8', 'duckdb==1.5.6', 'pandas==3.1.1', 'pyarrow==26.0.1'];
const PEER = join(import.meta.dirname, '../../test/interop/contracts_peer.py');
const run = promisify(execFile);

interface Variant {
  readonly case: ContractCase;
  readonly isBroken: boolean;
  readonly folder: string;
}

/** True where every difference is one that is listed, and every listed one was met. */
export async function interopContracts(): Promise<boolean> {
  const python = resolve(await installPython('.mainline/venv-contracts', PACKAGES));
  const top = mkdtempSync(join(tmpdir(), 'mainline-contracts-'));
  const cases = [...ruleCases, ...dataCases(new Date()), ...fileCases];
  try {
    const variants = await writeAll(cases, top);
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    await run(python, [PEER, ...variants.map(({ folder }) => folder)], { env, maxBuffer: 1 << 26 });
    const problems: string[] = [];
    const met = new Map(differences.map(difference => [difference, 0]));
    let same = 0;
    for (const { case: one, isBroken, folder } of variants) {
      const compared = await compareCase(one, isBroken, folder);
      same += compared.same;
      problems.push(
        ...compared.problems.map(text => `${one.name}, ${isBroken ? 'broken' : 'kept'}: ${text}`),
      );
      for (const [difference, times] of compared.met) met.set(difference, (met.get(difference) ?? 0) + times);
    }
    for (const [{ name, reason }, times] of met) {
      console.log(`meant ${times} times: ${name} (${reason})`);
      if (times === 0) problems.push(`the difference is not met any more: ${name}`);
    }
    for (const problem of problems) console.log(`DIFFER ${problem}`);
    console.log(
      `contracts: ${cases.length} contracts, each kept and broken: ${same} checks the same, ${problems.length} differences`,
    );
    return problems.length === 0;
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

async function writeAll(cases: readonly ContractCase[], top: string): Promise<readonly Variant[]> {
  const engine = await openDuckDb();
  try {
    const variants = cases.flatMap((one, i) =>
      [false, true].map(isBroken => ({
        case: one,
        isBroken,
        folder: join(top, `${i}-${isBroken ? 'broken' : 'kept'}`),
      })),
    );
    for (const { case: one, isBroken, folder } of variants) {
      await writeFiles(isBroken ? one.broken : one.kept, folder, engine);
      writeFileSync(join(folder, 'contract.odcs.yaml'), contractOf(one));
    }
    return variants;
  } finally {
    engine.close();
  }
}

async function writeFiles(files: Files, folder: string, engine: SqlEngine): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    if (name.endsWith('.parquet'))
      await engine.query(`COPY (${content}) TO ${quoteText(file)} (FORMAT parquet)`);
    else writeFileSync(file, content);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!(await interopContracts())) process.exitCode = 1;
}
