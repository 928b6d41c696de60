// Reads a contract file and finds the table that describes a data file.
import { basename } from 'node:path';
import { type Contract, fittingForm } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { type Document, parseDocumentText } from '#lib/documents/document.ts';
import { type CheckedDocument, checkDocument, readText } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';

/**
 * Reads a contract.
 * @throws ConfigurationErrors with every problem at its place.
 */
export async function readContract(file: string): Promise<CheckedDocument<Contract>> {
  return checkContract(parseDocumentText(await readText(file), file));
}

/** Reads a contract from its text, for one that is no file of the work tree. */
export function parseContract(text: string, file: string): CheckedDocument<Contract> {
  return checkContract(parseDocumentText(text, file));
}

/** Passes a document through the form of its apiVersion. */
export function checkContract(document: Document): CheckedDocument<Contract> {
  return checkDocument(document, fittingForm(document.value));
}

/**
 * The table for a data file and its index in `schema`: the one that names the file, else the only one.
 * @throws ConfigurationError when there is none, or more than one could be meant.
 */
export function findTable(
  contract: CheckedDocument<Contract>,
  path: string,
): { readonly table: ContractTable; readonly index: number } {
  const tables = contract.value.schema ?? [];
  const name = basename(path);
  const named = tables.findIndex(
    table => table.physicalName === name || table.name === name.replace(/\.[^.]*$/, ''),
  );
  const index = named >= 0 ? named : tables.length === 1 ? 0 : -1;
  const table = tables[index];
  if (table) return { table, index };
  throw new ConfigurationError(`The contract does not say which of its tables ${name} is`, {
    at: contract.locate(['schema']),
    remedy: `Give one table physicalName: ${name}.`,
  });
}
