// Which of the files that were found are a table's, and what kind of files they are.
import type { DataFormat } from '#lib/contracts/data/data.ts';
import { ENDINGS, formatOf, type NamedFormat } from '#lib/contracts/data/format.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';
import type { FoundFile } from '#lib/flows/contracts/data/tree.ts';

export interface TableFile {
  readonly found: FoundFile;
  readonly format: DataFormat;
  readonly compression: NamedFormat['compression'];
  readonly ending: string;
}

/** Words and settings have these endings too: they are data only where nothing else is, or somebody says so. */
const DOUBTFUL = ['txt', 'json'];

/**
 * The data files among all that was found; of a folder only the files of the asked format.
 * @throws ConfigurationError when they are of several kinds
 */
export function chooseDataFiles(
  found: readonly FoundFile[],
  {
    format,
    isNamed,
    at,
  }: {
    readonly format?: DataFormat | undefined;
    readonly isNamed: boolean;
    readonly at?: Location | undefined;
  },
): readonly TableFile[] {
  const known = found.flatMap(file => toTableFile(file, { format, isNamed }));
  const sure = known.filter(({ ending }) => !DOUBTFUL.includes(ending));
  const chosen = sure.length > 0 && !isNamed && format === undefined ? sure : known;
  const formats = [...new Set(chosen.map(one => one.format))];
  if (formats.length < 2) return chosen;
  const examples = formats.map(one => chosen.find(file => file.format === one)?.found.path ?? '');
  throw new ConfigurationError(`The data is of several kinds: ${examples.join(', ')}`, {
    at,
    remedy: 'Name one kind, such as --data "data/*.parquet", or give the server its format.',
  });
}

function toTableFile(
  found: FoundFile,
  { format, isNamed }: { readonly format?: DataFormat | undefined; readonly isNamed: boolean },
): readonly TableFile[] {
  const name = found.path.split('/').at(-1) ?? '';
  const known = formatOf(name);
  if (isNamed && format) return [{ found, ...(known ?? namelessForm(name)), format }];
  // Spark and others leave notes beside the data whose names begin so.
  const isNote = !isNamed && name.startsWith('_');
  if (!known || isNote || (format !== undefined && known.format !== format)) return [];
  return [{ found, ...known }];
}

/** A file whose ending says no more than how it is packed. */
function namelessForm(name: string): Pick<TableFile, 'compression' | 'ending'> {
  const compression = /\.gz$/iu.test(name) ? 'gzip' : /\.zst$/iu.test(name) ? 'zstd' : 'none';
  return { compression, ending: '' };
}

/** True for a file that carries the table's name: its own, without endings, or that of a folder above it. */
export function isFileOf({ name, physicalName }: ContractTable, path: string): boolean {
  const names = new Set([name, physicalName ?? name]);
  const parts = path.split('/');
  const last = parts.pop() ?? '';
  return names.has(last) || names.has(stemOf(last)) || parts.some(part => names.has(part));
}

function stemOf(name: string): string {
  const format = formatOf(name);
  if (!format) return name;
  return name.replace(format.compression === 'none' ? /\.[^.]*$/u : /\.[^.]*\.[^.]*$/u, '');
}

/** The delimiter that an ending stands for. */
export function delimiterOf(files: readonly TableFile[]): string {
  return files.length > 0 && files.every(({ ending }) => ending === 'tsv') ? '\t' : ',';
}

/** Nothing was found where a table's data should be. */
export class NoData extends ConfigurationError {
  constructor(where: string, at?: Location) {
    super(`There is no data at ${where}`, {
      at,
      remedy: `Name it with --data, and so what lies behind a link that leads out of the repository; what DVC tracks may have to be pulled. Files end in ${ENDINGS}.`,
    });
    this.name = 'NoData';
  }
}
