// Two small contracts that differ in one thing, and what is said of it.
import type { Change } from '#lib/contracts/changes/change.ts';
import { compareContracts } from '#lib/contracts/changes/compare.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import { parseContract } from '#lib/contracts/read.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';

export type Entry = Readonly<Record<string, unknown>>;

/** A contract, checked as one that is read from a file. */
export function contract(keys: Entry, file = 'contract.odcs.yaml'): CheckedDocument<Contract> {
  const head = { apiVersion: 'v3.1.0', kind: 'DataContract', id: 'tiny', version: '1.0.0', status: 'active' };
  return parseContract(JSON.stringify({ ...head, ...keys }, null, 1), file);
}

/** What changed between two contracts, given by the keys that they have besides the needed ones. */
export function changesOf(base: Entry, head: Entry): readonly Change[] {
  return compareContracts(contract(base, 'old.odcs.yaml'), contract(head, 'new.odcs.yaml'));
}

/** `path consumer/producer` of each change. */
export function verdicts(changes: readonly Change[]): readonly string[] {
  return changes.map(({ path, consumer, producer }) => `${path} ${consumer}/${producer}`);
}

/** A contract of one table `orders` with these columns. */
export function table(columns: readonly Entry[], keys: Entry = {}, apiVersion = 'v3.1.0'): Entry {
  return { apiVersion, schema: [{ name: 'orders', properties: columns, ...keys }] };
}

/** What changed at one column `amount`. */
export function ofColumn(base: Entry, head: Entry, apiVersion?: string): readonly string[] {
  const at = (column: Entry) => table([{ name: 'amount', ...column }], {}, apiVersion);
  return verdicts(changesOf(at(base), at(head)));
}

/** What changed at one rule of that column; several make several. */
export function ofRule(base: Entry, head: Entry): readonly string[] {
  return ofColumn({ quality: [base] }, { quality: [head] });
}
