// The contracts of a pipeline's outputs: read before anything runs, checked by an engine that is loaded only when there is
// content which is not known to keep its contract.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKER } from '#lib/contracts/checker.ts';
import type { CheckResult } from '#lib/contracts/result.ts';
import type { ContractOutcome, Contracts, OutputContract } from '#lib/dvc/run/contract.ts';
import { openContractMemory } from '#lib/dvc/run/contract-memory.ts';
import { ConfigurationError, ConfigurationErrors, hasCode } from '#lib/errors.ts';

/** @param now milliseconds since 1970: the moment that the ages of data are measured at */
export function openContracts(root: string, now: () => number): Contracts {
  const memory = openContractMemory(root, CHECKER);
  return {
    async plan(contracts) {
      const problems: ConfigurationError[] = [];
      for (const one of contracts) problems.push(...(await findProblems(one)));
      if (problems.length > 0) throw new ConfigurationErrors(problems);
    },
    async check(one, print) {
      const place = { contract: await readBytes(one), path: one.path };
      if (memory.isKept(place, print)) return undefined;
      const { isLasting, ...outcome } = await validate(one);
      if (outcome.broken.length === 0 && isLasting) memory.remember(place, print);
      return outcome;
    },
  };

  async function findProblems(one: OutputContract): Promise<readonly ConfigurationError[]> {
    try {
      if (!memory.isReadable({ contract: await readBytes(one), path: one.path })) await readPlan(one);
      return [];
    } catch (thrown) {
      if (thrown instanceof ConfigurationErrors) return thrown.problems;
      if (thrown instanceof ConfigurationError) return [thrown];
      throw thrown;
    }
  }

  async function readPlan(one: OutputContract): Promise<void> {
    const { readContract, findTable } = await import('#lib/contracts/read.ts');
    try {
      findTable(await readContract(join(root, one.file)), one.path);
    } catch (thrown) {
      if (!(thrown instanceof ConfigurationError)) throw thrown;
      const own = thrown instanceof ConfigurationErrors ? thrown.problems : [thrown];
      const named = new ConfigurationError(`The contract ${one.file} of ${one.path} cannot be used`, {
        at: await one.locate(),
        remedy: 'Mend what is told of it below.',
      });
      throw new ConfigurationErrors([named, ...own]);
    }
  }

  async function readBytes({ file, path, locate }: OutputContract): Promise<Buffer> {
    try {
      return readFileSync(join(root, file));
    } catch (cause) {
      const what = hasCode(cause, 'ENOENT') ? 'does not exist' : 'cannot be read';
      throw new ConfigurationError(`The contract ${file} of ${path} ${what}`, {
        at: await locate(),
        remedy: 'Put the file there, or name another one.',
        cause,
      });
    }
  }

  async function validate({ path, file }: OutputContract): Promise<Validated> {
    const [{ validateContract }, { lastsWithContent }, { openDuckDb }] = await Promise.all([
      import('#lib/contracts/validate.ts'),
      import('#lib/contracts/lasting.ts'),
      import('#lib/sql/duckdb.ts'),
    ]);
    const engine = await openDuckDb();
    try {
      const { checks, passed } = await validateContract({ root, contract: file, path, engine, now: now() });
      const made = checks.filter(({ outcome }) => outcome !== 'skipped').length;
      const broken = checks.filter(one => one.outcome === 'failed' && one.severity === 'error');
      return {
        checks: made,
        broken: passed ? [] : broken.map(check => describe(check, file)),
        isLasting: checks.every(lastsWithContent),
      };
    } finally {
      engine.close();
    }
  }
}

interface Validated extends ContractOutcome {
  /** True where the same content keeps the contract tomorrow too. */
  readonly isLasting: boolean;
}

function describe(check: CheckResult, file: string): string {
  return `${file}:${check.at.line}:${check.at.column} ${check.says}${describeFound(check)}`;
}

function describeFound({ rule, value, threshold, failingRows }: CheckResult): string {
  if (failingRows !== null) {
    const rows =
      failingRows === 1 ? '1 row breaks it' : `${failingRows.toLocaleString('en-US')} rows break it`;
    return threshold === '= 0' ? `: ${rows}` : `: ${rows}, asked for ${threshold}`;
  }
  if (rule === 'columns') return '';
  if (rule === 'present') return ': there is none';
  return ` (found ${value?.toLocaleString('en-US')}, asked for ${threshold})`;
}
