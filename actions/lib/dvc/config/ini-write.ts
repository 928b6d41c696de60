// Writes the INI dialect of DVC's configuration byte for byte as ConfigObj 5 does: four spaces, and quotes only where a
// value needs them.
import type { IniEntry, IniFile, IniSection, IniValue } from '#lib/dvc/config/ini.ts';
import { ConfigurationError } from '#lib/errors.ts';

const INDENT = '    ';

export type WrittenEntry = Omit<IniEntry, 'at'>;
export type WrittenSection = Omit<IniSection, 'at' | 'entries'> & {
  readonly entries: readonly WrittenEntry[];
};
export type WrittenFile = Pick<IniFile, 'initialComment' | 'finalComment'> & {
  readonly sections: readonly WrittenSection[];
};

/** @throws ConfigurationError for a value that no quotes can hold. */
export function formatIni({ initialComment, sections, finalComment }: WrittenFile): string {
  const lines = [
    ...initialComment,
    ...sections.flatMap(({ name, comments, inline, entries }) => [
      ...comments.map(comment => comment.trimStart()),
      `[${quote(name)}]${behind(inline)}`,
      ...entries.flatMap(entry => [
        ...entry.comments.map(comment => (comment.trim() === '' ? '' : INDENT + comment.trimStart())),
        `${INDENT}${quote(entry.key)} = ${quoteValue(entry.value)}${behind(entry.inline)}`,
      ]),
    ]),
    ...finalComment,
  ];
  return `${lines.join('\n')}\n`;
}

function behind(comment: string): string {
  return comment === '' ? '' : INDENT + comment;
}

function quoteValue(value: IniValue): string {
  if (typeof value === 'string') return isLong(value) ? quoteLong(value) : quote(value);
  if (value.length === 0) return ',';
  return value.length === 1 ? `${quote(value[0] ?? '')},` : value.map(quote).join(', ');
}

function isLong(value: string): boolean {
  return value.includes('\n') || (value.includes("'") && value.includes('"'));
}

function quoteLong(value: string): string {
  const marks = ["'''", '"""'].find(mark => !value.includes(mark));
  if (marks === undefined) throw unquotable();
  return `${marks}${value}${marks}`;
}

function quote(value: string): string {
  if (value === '') return '""';
  if (value.includes('\n')) throw unquotable();
  const isPlain = !/^[ \r\n\v\t'"]/u.test(value) && !/[ \r\n\v\t'"]$/u.test(value) && !/[,#]/u.test(value);
  if (isPlain) return value;
  if (!value.includes('"')) return `"${value}"`;
  if (value.includes("'")) throw unquotable();
  return `'${value}'`;
}

function unquotable(): ConfigurationError {
  const remedy = 'leave out one kind of quotes, or the line break';
  return Object.assign(new ConfigurationError('A name or value cannot be written in quotes', { remedy }), {
    exitCode: 251,
  });
}
