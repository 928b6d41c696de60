// What a proposal's contracts say since the merge base, where that is cheap to know: data that git itself holds and that is
// not large. Nothing is downloaded for it, and what is the same in both is not read again.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { compareOutcomes } from '#lib/contracts/compare/comparison.ts';
import type { ContractChange } from '#lib/contracts/compare/contract-change.ts';
import { PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { formatOf } from '#lib/contracts/data/format.ts';
import { findTable } from '#lib/contracts/read.ts';
import type { ContractResult } from '#lib/contracts/result.ts';
import { validateTable } from '#lib/contracts/validate.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { openContractPlace, readContractAt } from '#lib/flows/contracts/sources.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

/** Larger data takes longer to write out than a reviewer's answer is worth. */
const LARGEST_BYTES = 64 * 1024 * 1024;

export interface SinceBase {
  /** Absolute. */
  readonly root: string;
  readonly base: { readonly name: string; readonly commit: string } | null;
  readonly now?: number | undefined;
}

/** Of each contract whose data or rules are others than at the base; those that cannot be known cheaply are left out. */
export async function compareContracts(
  results: readonly ContractResult[],
  { root, base, now }: SinceBase,
): Promise<readonly ContractChange[]> {
  const place = await openContractPlace(root);
  if (!base || !place.git || results.length === 0) return [];
  const top = (path: string) => relative(place.root, join(root, path)).split(sep).join('/');
  const changed = new Set(await place.git.changedPaths(base.commit));
  const temporary = mkdtempSync(join(tmpdir(), 'mainline-'));
  const engine = await openDuckDb({ threads: Math.min(64, availableParallelism()) });
  const changes: ContractChange[] = [];
  try {
    for (const [i, { contract, data, checks }] of results.entries()) {
      const format = formatOf(data.path);
      if (data.files !== undefined || !format || format.format === 'arrow') continue;
      const known = { contract: contract.path, data: data.path, base };
      const bytes = await place.git.readFile(base.commit, top(data.path));
      // What DVC tracks is not in git: to know it could mean to download it.
      if (!bytes || bytes.length > LARGEST_BYTES) continue;
      if (!changed.has(top(data.path)) && !changed.has(top(contract.path))) {
        changes.push({ ...known, ...compareOutcomes(checks, checks) });
        continue;
      }
      const document = await readContractAt(place, top(contract.path), base).catch(ignoreUnreadable);
      if (!document) continue;
      const file = join(temporary, String(i));
      await writeWhole(file, bytes);
      const files = [{ path: data.path, file, compression: format.compression, partition: {} }];
      const before = { path: data.path, format: format.format, dialect: PLAIN_CSV, files };
      try {
        const table = { contract: contract.path, document, ...findTable(document, data.path), data: before };
        const old = await validateTable(table, { engine, now, showSamples: false });
        changes.push({ ...known, ...compareOutcomes(old.checks, checks) });
      } catch (error) {
        ignoreUnreadable(error);
      }
    }
  } finally {
    engine.close();
    rmSync(temporary, { recursive: true, force: true });
  }
  return changes;
}

/** What the base holds may be broken: that is no fault of the proposal. */
function ignoreUnreadable(error: unknown): undefined {
  if (!(error instanceof ConfigurationError)) throw error;
  return undefined;
}
