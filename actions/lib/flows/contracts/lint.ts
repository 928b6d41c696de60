// Lints contracts: those that are named, or all of a repository.
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { lintContract, type Remark, remarkOf } from '#lib/contracts/lint/lint.ts';
import { compareText } from '#lib/documents/canonical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { readText } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors, hasCode } from '#lib/errors.ts';

/** Of files that hold a contract. */
const ENDING = '.odcs.yaml';
const UNREADABLE = ['ENOENT', 'EISDIR', 'EACCES'];
const SKIPPED = new Set(['node_modules', '__pycache__']);

export interface Linted {
  readonly files: readonly { readonly path: string; readonly findings: readonly Remark[] }[];
  readonly errors: number;
  readonly warnings: number;
}

/**
 * Lints files; all contracts below the directory where none is named.
 * @throws ConfigurationError for a file that cannot be read; what is wrong inside is a finding.
 */
export async function lintContracts({
  directory,
  files,
}: {
  readonly directory: string;
  readonly files: readonly string[];
}): Promise<Linted> {
  const paths = files.length > 0 ? files : findContracts(directory);
  const linted: Linted['files'][number][] = [];
  for (const path of paths) {
    linted.push({ path, findings: await lintFile(resolve(directory, path), path) });
  }
  const all = linted.flatMap(({ findings }) => findings);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  return { files: linted, errors, warnings: all.length - errors };
}

async function lintFile(file: string, path: string): Promise<readonly Remark[]> {
  try {
    return lintContract(parseDocumentText(await readText(file), path));
  } catch (error) {
    if (error instanceof ConfigurationErrors) return error.problems.map(one => remarkOf(one, 'error'));
    // A file that is there and is no text, or too much of it, is a finding: the others are looked at all the same.
    if (error instanceof ConfigurationError && !UNREADABLE.some(code => hasCode(error.cause, code)))
      return [remarkOf(error, 'error')].map(one => ({ ...one, message: one.message.replaceAll(file, path) }));
    throw error;
  }
}

/** Every contract below a folder, relative to it; hidden folders and packages are passed by, links are not followed. */
export function findContracts(directory: string): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) visit(path);
      else if (entry.isFile() && entry.name.endsWith(ENDING)) found.push(relative(directory, path));
    }
  };
  visit(directory);
  return found.sort(compareText);
}
