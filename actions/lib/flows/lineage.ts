// What a version was made of, told from the pipeline's lock: code, parameters, features, data.
import { relative, resolve } from 'node:path';
import type { ContractResult } from '#lib/contracts/result.ts';
import { compareText, digestValue } from '#lib/documents/canonical.ts';
import type { Lock } from '#lib/dvc/lock/lock.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import type { Lineage } from '#lib/registry/version-record.ts';

export interface LineageInput {
  readonly lock: Lock;
  /** The pipeline's folder and the root, absolute. */
  readonly directory: string;
  readonly root: string;
  readonly contracts: readonly ContractResult[];
  /** Names in order. */
  readonly features: readonly string[];
}

/** Two versions with the same lineage were made of the same things, whatever machine made them. */
export function traceLineage({ lock, directory, root, contracts, features }: LineageInput): Lineage {
  const entries = [...lock.stages].map(([name, { entry }]) => ({ name, entry }));
  const made = new Set(entries.flatMap(({ entry }) => entry.outs.map(({ path }) => path)));
  const data = new Set(contracts.flatMap(result => [result.data.path, result.contract.path]));
  const code = entries
    .flatMap(({ entry }) => entry.deps)
    .filter(({ path }) => !made.has(path))
    .map(({ path, md5 }) => ({ path: relative(root, resolve(directory, path)).replaceAll('\\', '/'), md5 }))
    .filter(({ path }) => !data.has(path));
  return {
    code: digestValue(unique(code.map(({ path, md5 }) => `${path} ${md5}`))),
    params: digestValue(
      entries.map(({ name, entry }) => ({
        name,
        cmd: entry.cmd,
        params: [...entry.params].map(([file, values]) => [
          file,
          [...values].map(([key, value]) => [key, pythonJson(value)]),
        ]),
      })),
    ),
    features: digestValue(features),
    data: contracts.map(({ data: { path, digest, rows }, contract }) => ({
      path,
      digest,
      contract: contract.id,
      contractVersion: contract.version,
      rows,
    })),
  };
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)].sort(compareText);
}
