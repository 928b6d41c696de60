// Another version of the data that is a file of the repository: the reference of a rule by its path.
import { join } from 'node:path';
import { isFileWithin } from '#lib/contracts/data/beside.ts';
import { PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { ENDINGS, formatOf } from '#lib/contracts/data/format.ts';
import type { FindVersion } from '#lib/contracts/run/statistics/version.ts';

/** @param root the repository's, absolute; paths are relative to it and lead nowhere else */
export function versionAtPath(root: string): FindVersion {
  return async path => {
    if (!isFileWithin(root, path)) return { reason: `there is no file ${path} to compare with` };
    const { format, compression } = formatOf(path) ?? {};
    if (!format || !compression) return { reason: `${path} is none of the files that are read: ${ENDINGS}` };
    const delimiter = /\.tsv(\.\w+)?$/iu.test(path) ? '\t' : PLAIN_CSV.delimiter;
    const file = { path, file: join(root, path), compression, partition: {} };
    return { path, format, dialect: { ...PLAIN_CSV, delimiter }, files: [file] };
  };
}
